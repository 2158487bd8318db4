import { keyReused, Refusal, unresolved } from "../errors.ts";
import type { OrderRecord } from "./queries.ts";
import type { Placing, Quote } from "./quote.ts";
import type { ProductShort } from "./reserve.ts";
import type { Order } from "./rules/order.ts";
import { shortage, type StockError } from "./rules/refusal.ts";

/** An order that D1 has. `replayed`: it was made by an earlier attempt with the same key. */
export interface Placed {
  order: Order;
  replayed: boolean;
}

/**
 * Answers from what D1 has under the order's id (PROTOCOL C8).
 * @param isRepeat whether a refusal found there was an earlier attempt's
 * @returns `undefined` where it has neither order nor refusal
 * @throws Refusal `idempotency_key_reused` for another body; `insufficient_stock` where the key was refused
 */
export function answerFrom(record: OrderRecord, placing: Placing, isRepeat = true): Placed | undefined {
  const known = record.order ?? record.refusal;
  if (!known) return undefined;
  if (known.requestHash !== placing.requestHash) {
    throw keyReused();
  }
  if (record.order) return { order: record.order, replayed: true };
  throw stockRefusal(placing.orderId, record.refusal?.stockErrors ?? [], isRepeat);
}

/** The refusal of DESIGN §9, with every short line. */
export function stockRefusal(orderId: string, stockErrors: StockError[], replayed = false): Refusal {
  return new Refusal("insufficient_stock", stockErrors.map(({ message }) => message).join(" · "), {
    replayed,
    members: { success: false, message: "Stock validation failed", order_id: orderId, stock_errors: stockErrors },
  });
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
export function notPlaced({ isKeyed }: Placing, detail: string, cause?: unknown): Refusal {
  return unresolved(detail, isKeyed ? "same_key" : "again", cause);
}

/** D1 did not answer, so the order may be there (PROTOCOL C9). Without a key a repeat could make a second one. */
export function databaseSilent({ isKeyed }: Placing, cause: unknown): Refusal {
  return unresolved("The database did not answer.", isKeyed ? "same_key" : "look_first", cause);
}
