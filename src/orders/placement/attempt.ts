import type { Deps } from "../../deps.ts";
import { keyReused, Refusal, unresolved } from "../../errors.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import type { OrderRecord } from "../queries.ts";
import type { Order } from "../rules/order.ts";
import { type Decided, stockRefusal } from "../rules/refusal.ts";

/** One attempt to place an order. With a key another attempt may have the same `orderId`; their holds always differ. */
export interface Attempt {
  orderId: string;
  requestHash: string;
  /** The hash that an older release made of the same request, where it differs. */
  formerHash?: string | undefined;
  isKeyed: boolean;
}

/** The key of an order. */
export interface OrderKey extends Keyed {
  /** The hash that an older release made of the same request, where it differs. */
  formerHash?: string | undefined;
}

/** Begins an attempt to place an order: with a key its id is the key's. */
export function beginAttempt(deps: Deps, keyed: OrderKey | undefined): Attempt {
  const orderId = `ORD${keyed?.id ?? deps.newId()}`;
  return { orderId, requestHash: keyed?.requestHash ?? "", formerHash: keyed?.formerHash, isKeyed: keyed !== undefined };
}

/** An order that D1 has. `replayed`: an earlier attempt with the same key placed it. */
export interface Placed {
  order: Order;
  replayed: boolean;
}

/**
 * Answers from what D1 has under the order's id (C8).
 * @param isRepeat whether a refusal found there is an earlier attempt's
 * @returns `undefined` where it has neither order nor refusal
 * @throws Refusal `idempotency_key_reused` for another body; the refusal that was kept for the key
 */
export function answerFrom({ order, refusal }: OrderRecord, attempt: Attempt, isRepeat = true): Placed | undefined {
  const known = order ?? refusal;
  if (!known) return undefined;
  if (known.requestHash !== attempt.requestHash && known.requestHash !== attempt.formerHash) throw keyReused();
  if (order) return { order, replayed: true };
  if (!refusal) return undefined;
  // Release 0.2 kept refusals without a code; they live for a day after it was replaced.
  throw keptRefusal("code" in refusal ? refusal : stockRefusal(attempt.orderId, refusal.stockErrors), isRepeat);
}

/** The refusal that was decided. @param replayed whether an earlier attempt was refused with it */
export function keptRefusal({ code, detail, members }: Decided, replayed = false): Refusal {
  return new Refusal(code, detail, { replayed, members });
}

/**
 * An attempt that placed no order and never will: its holds are dead or were never recorded. So a repeat is safe, with or without
 * a key.
 */
export function notPlaced({ isKeyed }: Attempt, detail: string, cause?: unknown): Refusal {
  return unresolved(detail, isKeyed ? "same_key" : "again", cause);
}

/** D1 did not answer, so the order may exist (C9). Without a key a repeat could place a second one. */
export function databaseSilent({ isKeyed }: Attempt, cause: unknown): Refusal {
  return unresolved("The database did not answer.", isKeyed ? "same_key" : "look_first", cause);
}
