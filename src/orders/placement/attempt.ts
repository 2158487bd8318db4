import type { Deps } from "../../deps.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import type { Attempt } from "./quote.ts";

/** Of the 15 s that a whole order may take, the batch that records it and the one that finds out what it did may need 5 each. */
export const RECORD_BY_MS = 5_000;

/** The key of an order, and the hash that an older release made of the same request, where it differs. */
export interface OrderKey extends Keyed {
  formerHash?: string | undefined;
}

/** Begins an attempt to place an order: with a key its id is the key's. */
export function beginAttempt(deps: Deps, keyed: OrderKey | undefined): Attempt {
  const orderId = `ORD${keyed?.id ?? deps.newId()}`;
  return { orderId, requestHash: keyed?.requestHash ?? "", formerHash: keyed?.formerHash, isKeyed: keyed !== undefined };
}
