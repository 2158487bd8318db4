/** The calls of one request to D1 and to objects. A hop is one wait: calls that overlap count as one. */
export interface Meter {
  hops: number;
  d1Ms: number;
  objectMs: number;
  statements: number;
  rowsRead: number;
  rowsWritten: number;
}

/** Runs a call to D1 or to an object and counts it. */
export type Measure = <T>(kind: "d1" | "object", call: () => Promise<T>) => Promise<T>;

/**
 * Creates the counters of one request.
 * @returns the counters, and the function that every call to D1 or an object goes through
 */
export function createMeter(nowMs: () => number): { meter: Meter; measure: Measure } {
  const meter: Meter = { hops: 0, d1Ms: 0, objectMs: 0, statements: 0, rowsRead: 0, rowsWritten: 0 };
  let openCalls = 0;
  const measure: Measure = async (kind, call) => {
    if (openCalls === 0) meter.hops += 1;
    openCalls += 1;
    const startedMs = nowMs();
    try {
      return await call();
    } finally {
      openCalls -= 1;
      meter[kind === "d1" ? "d1Ms" : "objectMs"] += nowMs() - startedMs;
    }
  };
  return { meter, measure };
}
