import type { Allocation, HoldShare, Policy, StockLine } from "./allocate.ts";
import type { Level } from "./levels.ts";
import type { ShortLine } from "./messages.ts";

// Requests of carts and checkouts to a product's object, and its answers (K0 to K7).

/** The quantity that a cart wants of a variant. */
export interface CartLine extends StockLine {
  /** Units that the cart may have even beyond its share: what one unit of its line needs, several for a bundle. */
  least: number;
}

/**
 * One edit of a cart, for one product: the new quantity of each listed variant (each once); other variants stay as they are.
 * Of two edits the one with the higher number wins, whichever arrives last (K0).
 */
export interface CartEdit {
  cartId: string;
  editNo: number;
  lines: CartLine[];
  /** Warehouse ids that may supply, nearest first. */
  ranking: string[];
  policy: Policy;
  /** When the reservation of these variants expires. */
  untilMs: number;
  /** The largest share of the free units that the cart may have, in percent. */
  maxSharePercent: number;
  share?: HoldShare | undefined;
}

/** A line with more units than one cart may have, or one client in all its unpaid holds. */
export type TooMany = StockLine & { most: number; ofClient?: boolean };

/** Units of a variant reserved for a cart, and until when. */
export interface HeldUnits extends StockLine {
  untilMs: number;
}

export type CartAnswer =
  /** The edit, or a later one, is applied. `held`: what the cart now has of the listed variants. */
  | { outcome: "set"; held: HeldUnits[]; levels: Level[] }
  | { outcome: "short"; lines: ShortLine[] }
  | { outcome: "too_many"; lines: TooMany[] }
  /** A checkout has the cart's units, so the edit is refused permanently (K6). `isNew`: neither it nor a later edit had arrived before. */
  | { outcome: "checking_out"; isNew: boolean };

/** A checkout's request for its cart's units of a product, under the hold of the cart's generation (K2). */
export interface Checkout {
  cartId: string;
  generation: number;
  /** Each variant once, as quoted. */
  lines: StockLine[];
  ranking: string[];
  policy: Policy;
  /** For an order that is to be paid first. */
  share?: HoldShare | undefined;
}

export type ConvertAnswer =
  /** `fresh`: variants of which the cart had nothing reserved any more, so the reserved price no longer applies. */
  | { outcome: "reserved"; allocations: Allocation[]; levels: Level[]; fresh: string[] }
  | { outcome: "short"; lines: ShortLine[] }
  | { outcome: "ended" };

/** An expired cart reservation, with the newest edit of the variant; lines of later edits are not affected. */
export interface ExpiredUnits {
  cartId: string;
  editNo: number;
  variantId: string;
  atMs: number;
}

/** The id of the hold that all checkouts of a cart's generation share (K3). */
export function checkoutHoldId({ cartId, generation }: { cartId: string; generation: number }): string {
  return `${cartId}.${generation}`;
}
