import { withTimeout } from "../../db/client.ts";
import type { Measure } from "../../meter.ts";
import type { ReserveRequest } from "../rules/messages.ts";
import { forEachCall, type StockCalls } from "../rules/stock-calls.ts";

const CALL_TIMEOUT_MS = 3_000;
/** How often a call is repeated after a lost answer (C3). */
const MAX_REPEATS = 2;

/**
 * Wraps the calls to a product's object: each has a time limit, is counted, and is repeated if its answer was lost. Repeating is safe
 * because every call is idempotent.
 * @param open makes a new stub, because a stub is unusable after a failure
 * @param mayRepeat whether the client still waits; a repeat without a client could reserve units that nobody releases
 */
export function callStock(open: () => StockCalls, measure: Measure, mayRepeat: () => boolean = () => true): StockCalls {
  return forEachCall((method, [request], run) => {
    const waitMs = method === "reserve" ? (request as ReserveRequest).waitMs : 0;
    return measure("object", () =>
      repeating(() => withTimeout(CALL_TIMEOUT_MS + waitMs, "The product's object", run(open())), mayRepeat),
    );
  });
}

async function repeating<T>(attempt: () => Promise<T>, mayRepeat: () => boolean): Promise<T> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (repeats >= MAX_REPEATS || isOverloaded(error) || !mayRepeat()) throw error;
    }
  }
}

/** Cloudflare marks the errors of an overloaded object; a repeat would add to its load. */
function isOverloaded(error: unknown): boolean {
  return error instanceof Error && "overloaded" in error && error.overloaded === true;
}
