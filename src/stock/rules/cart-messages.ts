import type { Allocation, Policy, StockLine } from "./allocate.ts";
import type { Level } from "./levels.ts";
import type { ShortLine } from "./messages.ts";

// What carts say to a product's object, and what it answers (PROTOCOL 3).

/** What a cart is to have of a variant. */
export interface CartLine extends StockLine {
  /** Units that it may have however few are free: what one unit of the cart's line needs, of a bundle several. */
  least: number;
}

/**
 * K0. One edit of a cart, for one product: what it is to have of each variant that is named, once; of the others it keeps what it has.
 * Of two edits the one with the higher number stands, whichever comes last.
 */
export interface CartEdit {
  cartId: string;
  editNo: number;
  lines: CartLine[];
  /** Warehouse ids that may supply, nearest first. */
  ranking: string[];
  policy: Policy;
  /** When the units of these variants are free again by time alone. */
  untilMs: number;
  /** The most of the free units that the cart may have, in percent. */
  maxSharePercent: number;
}

/** Units of a variant that a cart has, and until when. */
export interface HeldUnits extends StockLine {
  untilMs: number;
}

export type CartAnswer =
  /** The edit, or a later one, stands. `held`: what the cart has of the named variants now. */
  | { outcome: "set"; held: HeldUnits[]; levels: Level[] }
  | { outcome: "short"; lines: ShortLine[] }
  | { outcome: "too_many"; lines: (StockLine & { most: number })[] }
  /** K6. Its units are an order's that is being placed. `isNew`: the edit was not heard of before, nor a later one; it is over now. */
  | { outcome: "checking_out"; isNew: boolean };

/** K2. A checkout's claim on what its cart has of a product, under the hold of the cart's generation. */
export interface Checkout {
  cartId: string;
  generation: number;
  /** Each variant once, as quoted. */
  lines: StockLine[];
  ranking: string[];
  policy: Policy;
}

export type ConvertAnswer =
  /** `fresh`: variants of which the cart had nothing any more, so that their price stands no longer. */
  | { outcome: "reserved"; allocations: Allocation[]; levels: Level[]; fresh: string[] }
  | { outcome: "short"; lines: ShortLine[] }
  | { outcome: "ended" };

/** Units that a cart lost by time: the newest edit that was about them, which no later one is lost by. */
export interface ExpiredUnits {
  cartId: string;
  editNo: number;
  variantId: string;
  atMs: number;
}

/** The hold that all checkouts of a cart's generation share. */
export function checkoutHoldId({ cartId, generation }: { cartId: string; generation: number }): string {
  return `${cartId}.${generation}`;
}
