import { within } from "../db/client.ts";
import type { Measure } from "../meter.ts";
import type { StockCalls } from "./rules/messages.ts";

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
  const call = <T>(run: (stock: StockCalls) => Promise<T>, waitMs = 0) =>
    measure("object", () => repeating(() => within(CALL_TIMEOUT_MS + waitMs, "The product's object", run(open())), mayRepeat));
  return {
    reserve: (request) => call((stock) => stock.reserve(request), request.waitMs),
    commit: (...holdIds) => call((stock) => stock.commit(...holdIds)),
    keep: (holdId, untilMs) => call((stock) => stock.keep(holdId, untilMs)),
    release: (holdId) => call((stock) => stock.release(holdId)),
    restock: (holdId) => call((stock) => stock.restock(holdId)),
    adjust: (adjustment) => call((stock) => stock.adjust(adjustment)),
    bringIn: (arrival) => call((stock) => stock.bringIn(arrival)),
    dispatch: (dispatch) => call((stock) => stock.dispatch(dispatch)),
    takeBack: (transferId) => call((stock) => stock.takeBack(transferId)),
    setCart: (edit) => call((stock) => stock.setCart(edit)),
    extendCart: (cartId, untilMs) => call((stock) => stock.extendCart(cartId, untilMs)),
    convert: (checkout) => call((stock) => stock.convert(checkout)),
    giveBack: (holdId) => call((stock) => stock.giveBack(holdId)),
    levels: () => call((stock) => stock.levels()),
    audit: () => call((stock) => stock.audit()),
    report: () => call((stock) => stock.report()),
    refresh: () => call((stock) => stock.refresh()),
    resend: () => call((stock) => stock.resend()),
  };
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
