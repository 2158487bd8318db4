import type { Discount, KeptDiscounts } from "../../pricing/rules/pricing-rule.ts";
import type { Minor } from "../../rules/money.ts";
import type { Tier } from "../../rules/rights.ts";
import type { StockLine } from "../../stock/rules/allocate.ts";

/** Begins the id of every cart, and so the hold of every checkout; no order's id does. */
export const CART_PREFIX = "CRT";

/** Why a line is no longer in a cart although nobody took it out. */
export const LOSS_REASONS = ["reservation_expired"] as const;

/** Lines of one cart, as of one order. */
export const MAX_ITEMS = 100;
/** Distinct products of stock that its lines need: each edit asks one object for each. */
export const MAX_PRODUCTS = 100;

/** A cart without its lines. */
export interface CartRow {
  cartId: string;
  /** Which of its checkouts counts (PROTOCOL K2). */
  generation: number;
  /** The order that it became; null while it is open. */
  orderId: string | null;
  /** The account that it belongs to; null for a guest's, whom its id lets in. */
  userId: string | null;
  /** The number of its newest edit (PROTOCOL K0). */
  editNo: number;
  country: string;
  /** Normalised. */
  postalCode: string | null;
  createdAtMs: number;
  updatedAtMs: number;
}

/** Who asks for a cart. */
export interface Asking {
  /** Their account; null for a guest. */
  userId: string | null;
  /** Whether they may use anybody's cart, as the shop's staff may. */
  mayUseAny: boolean;
}

/** Whether a cart lets somebody in: its customer and staff, and a guest's everybody who knows its id. */
export function isOpenTo({ userId }: Pick<CartRow, "userId">, asking: Asking): boolean {
  return userId === null || userId === asking.userId || asking.mayUseAny;
}

/** Units of a variant that a line needs of a product's stock. */
export interface StockNeed extends StockLine {
  productId: string;
}

/** What a cart is to have of a variant. Its id is the variant's. */
export interface CartItem {
  variantId: string;
  lineNo: number;
  productId: string;
  quantity: number;
  /** The edit that wrote it. */
  editNo: number;
  /** Of a bundle its components. */
  needs: StockNeed[];
  promoCode: string | null;
  tier: Tier | null;
  /** The snapshot: what it costs as long as its reservation stands. */
  unitPriceMinor: Minor;
  discounts: Discount[];
  isClosed: KeptDiscounts["isClosed"];
  /** What the objects answered; null while they have not. */
  reservedUntilMs: number | null;
  /** Since when without a gap; null where it could not be reserved. */
  reservedSinceMs: number | null;
}

/** A line with what the catalogue says of it now. */
export interface KnownItem extends CartItem {
  sku: string;
  name: string;
  category: string | null;
  priceMinor: Minor;
}

/** A line that a cart lost, until its shopper was told. */
export interface Loss {
  variantId: string;
  editNo: number;
  productId: string;
  quantity: number;
  atMs: number;
}

/** A cart with everything that it has. */
export interface Cart {
  row: CartRow;
  items: KnownItem[];
  /** Not told yet. */
  losses: Loss[];
}

/** Whether an object has its units for it. */
export function isReserved({ reservedUntilMs }: CartItem, nowMs: number): boolean {
  return reservedUntilMs !== null && reservedUntilMs > nowMs;
}

/** Whether its time is over, although no flush has told D1 yet: its units are free for everybody (PROTOCOL O7). */
function isLost({ reservedUntilMs }: CartItem, nowMs: number): boolean {
  return reservedUntilMs !== null && reservedUntilMs <= nowMs;
}

/** Parts the lines that a cart still has from those whose time is over; what became an order loses nothing any more. */
export function partLost<I extends CartItem>(
  { row, items }: { row: CartRow; items: readonly I[] },
  nowMs: number,
): { live: I[]; lost: I[] } {
  const isGone = (item: I) => row.orderId === null && isLost(item, nowMs);
  return { live: items.filter((item) => !isGone(item)), lost: items.filter(isGone) };
}

/** What is told of lines whose time is over. */
export function lossesOf(lost: readonly CartItem[]): Loss[] {
  return lost.map(({ variantId, editNo, productId, quantity, reservedUntilMs }) => {
    return { variantId, editNo, productId, quantity, atMs: reservedUntilMs ?? 0 };
  });
}
