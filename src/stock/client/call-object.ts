import { withTimeout } from "../../db/client.ts";
import type { Measure } from "../../meter.ts";
import type { ReserveRequest } from "../rules/messages.ts";
import { forEachCall, type StockCalls } from "../rules/stock-calls.ts";

const CALL_TIMEOUT_MS = 3_000;
/** PROTOCOL C3: a lost answer is asked for again, at most twice. */
const MAX_REPEATS = 2;

/**
 * Calls a product's object for one request: bounded in time, counted, and asked again where the answer was lost. That is safe
 * because every call is idempotent.
 * @param open makes a new stub; after a failure the old one is dead
 * @param mayRepeat whether the caller still waits: a repeat for nobody could take units that nobody gives back
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

/** Cloudflare marks the errors of an object that has too much to do; asking again would add to it. */
function isOverloaded(error: unknown): boolean {
  return error instanceof Error && "overloaded" in error && error.overloaded === true;
}
