/** What one request asked of D1 and of the objects. Hops are sequential waits: calls that overlap count as one. */
export interface Meter {
  hops: number;
  d1Ms: number;
  objectMs: number;
  statements: number;
  rowsRead: number;
  rowsWritten: number;
}

/** Counts a call to `d1` or `object` while it runs. */
export type Measure = <T>(kind: "d1" | "object", call: () => Promise<T>) => Promise<T>;

/**
 * Makes the counters of one request.
 * @returns the counters, and the function that every call to the outside goes through
 */
export function createMeter(nowMs: () => number): { meter: Meter; measure: Measure } {
  const meter: Meter = { hops: 0, d1Ms: 0, objectMs: 0, statements: 0, rowsRead: 0, rowsWritten: 0 };
  let running = 0;
  const measure: Measure = async (kind, call) => {
    if (running === 0) meter.hops += 1;
    running += 1;
    const startedMs = nowMs();
    try {
      return await call();
    } finally {
      running -= 1;
      meter[kind === "d1" ? "d1Ms" : "objectMs"] += nowMs() - startedMs;
    }
  };
  return { meter, measure };
}
