import type { Discount, DiscountSnapshot } from "../../pricing/rules/pricing-rule.ts";
import type { Minor } from "../../rules/money.ts";
import type { Tier } from "../../rules/rights.ts";
import type { StockLine } from "../../stock/rules/allocate.ts";

/** Starts the id of every cart, and so the id of every checkout's hold; no order id starts with it. */
export const CART_PREFIX = "CRT";

/** Why a cart lost a line that its shopper did not remove. */
export const LOSS_REASONS = ["reservation_expired"] as const;

/** The most lines of one cart; an order has the same limit. */
export const MAX_ITEMS = 100;
/** The most distinct stock products that a cart's lines need: each edit calls one object per product. */
export const MAX_PRODUCTS = 100;

/** A cart without its lines. */
export interface CartRow {
  cartId: string;
  /** Only a checkout of this generation is recorded (K2, K4). */
  generation: number;
  /** The order that it became; null while it is open. */
  orderId: string | null;
  /** The account that owns it; null for a guest's cart, which anybody who knows its id may use. */
  userId: string | null;
  /** The number of its newest edit (K0). */
  editNo: number;
  country: string;
  /** Normalised. */
  postalCode: string | null;
  /** The promo code of all its lines; empty where it was removed; null where the first line's is the cart's. */
  promoCode: string | null;
  createdAtMs: number;
  updatedAtMs: number;
}

/** Who wants to use a cart. */
export interface Accessor {
  /** Their account; null for a guest. */
  userId: string | null;
  /** Whether they may use every cart, as staff may. */
  mayUseAny: boolean;
}

/** Whether somebody may use a cart: an account's is for its customer and for staff, a guest's for anybody who knows its id. */
export function mayAccess({ userId }: Pick<CartRow, "userId">, accessor: Accessor): boolean {
  return userId === null || userId === accessor.userId || accessor.mayUseAny;
}

/** Units of a variant that a line needs from a product's stock. */
export interface StockNeed extends StockLine {
  productId: string;
}

/** A line of a cart; its id is the variant's. */
export interface CartItem {
  variantId: string;
  lineNo: number;
  productId: string;
  quantity: number;
  /** The edit that wrote it. */
  editNo: number;
  /** For a bundle, its components. */
  needs: StockNeed[];
  promoCode: string | null;
  tier: Tier | null;
  /** The price snapshot, charged as long as the line is reserved. */
  unitPriceMinor: Minor;
  discounts: Discount[];
  isClosed: DiscountSnapshot["isClosed"];
  /** What the objects answered; null until they have. */
  reservedUntilMs: number | null;
  /** The start of its uninterrupted reservation; null where it could not be reserved. */
  reservedSinceMs: number | null;
}

/** A line with the current data of its product. */
export interface DetailedItem extends CartItem {
  sku: string;
  name: string;
  category: string | null;
  priceMinor: Minor;
}

/** A line whose reservation expired, kept until the shopper has seen it in an answer. */
export interface Loss {
  variantId: string;
  editNo: number;
  productId: string;
  quantity: number;
  atMs: number;
}

/** A cart with its lines and its unseen losses. */
export interface Cart {
  row: CartRow;
  items: DetailedItem[];
  losses: Loss[];
}

/** The promo code of a cart; null for none. Carts of releases before 0.4.0 have it in their lines. */
export function codeOf({
  row,
  items,
}: {
  row: Pick<CartRow, "promoCode">;
  items: readonly Pick<CartItem, "promoCode">[];
}): string | null {
  if (row.promoCode !== null) return row.promoCode === "" ? null : row.promoCode;
  return items.find(({ promoCode }) => promoCode !== null)?.promoCode ?? null;
}

/** The lines of a cart, each with the cart's promo code. */
export function withCode<I extends CartItem>(cart: { row: Pick<CartRow, "promoCode">; items: readonly I[] }): I[] {
  const promoCode = codeOf(cart);
  return cart.items.map((item) => ({ ...item, promoCode }));
}

/** Whether an object holds the line's units. */
export function isReserved({ reservedUntilMs }: CartItem, nowMs: number): boolean {
  return reservedUntilMs !== null && reservedUntilMs > nowMs;
}

/** Whether the reservation has expired, even before a flush tells D1: the units are available to everybody again (O7). */
function isExpired({ reservedUntilMs }: CartItem, nowMs: number): boolean {
  return reservedUntilMs !== null && reservedUntilMs <= nowMs;
}

/** Splits off the lines whose reservation has expired; the lines of a cart that became an order never expire. */
export function splitExpired<I extends CartItem>(
  { row, items }: { row: CartRow; items: readonly I[] },
  nowMs: number,
): { live: I[]; expired: I[] } {
  const isGone = (item: I) => row.orderId === null && isExpired(item, nowMs);
  return { live: items.filter((item) => !isGone(item)), expired: items.filter(isGone) };
}

/** The losses that expired lines become. */
export function lossesOf(expired: readonly CartItem[]): Loss[] {
  return expired.map(({ variantId, editNo, productId, quantity, reservedUntilMs }) => {
    return { variantId, editNo, productId, quantity, atMs: reservedUntilMs ?? 0 };
  });
}
