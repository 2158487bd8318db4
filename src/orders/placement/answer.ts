import { keyReused, Refusal, unresolved } from "../../errors.ts";
import type { OrderRecord } from "../queries.ts";
import type { Attempt, Quote } from "./quote.ts";
import type { ProductShort } from "./reserve.ts";
import type { Order } from "../rules/order.ts";
import { shortage, type StockError } from "../../stock/rules/shortage.ts";
import { type Decided, stockRefusal } from "../rules/refusal.ts";

/** An order that D1 has. `replayed`: it was made by an earlier attempt with the same key. */
export interface Placed {
  order: Order;
  replayed: boolean;
}

/**
 * Answers from what D1 has under the order's id (PROTOCOL C8).
 * @param isRepeat whether a refusal found there was an earlier attempt's
 * @returns `undefined` where it has neither order nor refusal
 * @throws Refusal `idempotency_key_reused` for another body; what the key was refused with
 */
export function answerFrom({ order, refusal }: OrderRecord, placing: Attempt, isRepeat = true): Placed | undefined {
  const known = order ?? refusal;
  if (!known) return undefined;
  if (known.requestHash !== placing.requestHash && known.requestHash !== placing.formerHash) throw keyReused();
  if (order) return { order, replayed: true };
  if (!refusal) return undefined;
  // Until a day after it is replaced, release 0.2 has kept refusals that name no code.
  throw keptRefusal("code" in refusal ? refusal : stockRefusal(placing.orderId, refusal.stockErrors), isRepeat);
}

/** Tells what was decided. @param replayed whether an earlier attempt was refused with it */
export function keptRefusal({ code, detail, members }: Decided, replayed = false): Refusal {
  return new Refusal(code, detail, { replayed, members });
}

/** Tells what objects said to be short in the words of a refusal. */
export function shortageErrors(quote: Quote, lines: readonly ProductShort[]): StockError[] {
  return lines.map(({ productId, variantId, quantity, available }) => {
    const need = quote.needs.find((each) => each.variantId === variantId);
    return shortage({ productId, variantId, productName: need?.productName ?? productId, requested: quantity, available });
  });
}

/**
 * An attempt that ended without an order and without one that can still come: its holds are dead or were never recorded. So a
 * repeat is safe, with or without a key.
 */
export function notPlaced({ isKeyed }: Attempt, detail: string, cause?: unknown): Refusal {
  return unresolved(detail, isKeyed ? "same_key" : "again", cause);
}

/** D1 did not answer, so the order may be there (PROTOCOL C9). Without a key a repeat could make a second one. */
export function databaseSilent({ isKeyed }: Attempt, cause: unknown): Refusal {
  return unresolved("The database did not answer.", isKeyed ? "same_key" : "look_first", cause);
}
