import { env } from "cloudflare:workers";
import type { Deps } from "../../../src/deps.ts";
import { Refusal } from "../../../src/errors.ts";
import type { Placed } from "../../../src/orders/placement/attempt.ts";
import { checkOut } from "../../../src/orders/checkout/check-out.ts";
import type { CheckoutRequest } from "../../../src/orders/checkout/checkout-quote.ts";
import { orderOf } from "../orders/orders.ts";
import { newId } from "../shop/shop.ts";
import { sqlInD1 } from "../stock/stock.ts";
import { CART_MS, cartEdit } from "../stock/cart-holds.ts";

/** The price of every product of these tests, in minor units. */
export const PRICE_MINOR = 15_000;

/** A line of a test's cart. */
export interface CartSetupLine {
  productId: string;
  quantity: number;
  unitPriceMinor?: number;
  discounts?: object[];
  promoCode?: string;
  /** It is not reserved. */
  isLost?: boolean;
}

/** Inserts a cart with reserved units, by default for 15 minutes, directly into D1 and the objects. @returns its id */
export async function insertCart(
  lines: readonly CartSetupLine[],
  fields: { userId?: string; forMs?: number } = {},
): Promise<string> {
  const cartId = newId("CRT");
  const untilMs = Date.now() + (fields.forMs ?? CART_MS);
  const rows = [
    env.DB.prepare(
      "INSERT INTO carts (cart_id, generation, user_id, edit_no, created_at_ms, updated_at_ms) VALUES (?, 1, ?, 1, ?, ?)",
    ).bind(cartId, fields.userId ?? null, Date.now(), Date.now()),
  ];
  for (const [index, line] of lines.entries()) {
    const { productId, quantity, unitPriceMinor = PRICE_MINOR, discounts = [], promoCode = null, isLost = false } = line;
    const wanted = [{ variantId: productId, quantity, least: quantity }];
    const edit = cartEdit(cartId, 1, 0, { lines: wanted, ranking: ["BLR", "MUM", "DEL"], untilMs });
    if (!isLost) await env.STOCK.getByName(productId).setCart(edit);
    const kept = JSON.stringify({ discounts, isClosed: false });
    const needs = JSON.stringify([{ productId, variantId: productId, quantity }]);
    const reservedMs = isLost ? null : untilMs;
    const item = env.DB.prepare(
      `INSERT INTO cart_items (cart_id, variant_id, line_no, product_id, quantity, edit_no, needs, promo_code, unit_price_minor,
         discounts, reserved_until_ms) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
    );
    rows.push(item.bind(cartId, productId, index + 1, productId, quantity, needs, promoCode, unitPriceMinor, kept, reservedMs));
  }
  await env.DB.batch(rows);
  return cartId;
}

/** Checks out a cart as the route would, with or without a key. @returns the order, or the code and members of the refusal */
export async function checkOutBy(
  deps: Deps,
  cartId: string,
  { key, ...more }: { key?: string } & Partial<CheckoutRequest> = {},
): Promise<Placed | { code: string; members: Record<string, unknown> }> {
  const { items: _items, ...buyer } = orderOf([]);
  const keyed = key === undefined ? undefined : { id: key, requestHash: `hash of ${key}` };
  try {
    return await checkOut(deps, { ...buyer, cartId, mayUseAny: false, ...more }, keyed);
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, members: error.members };
    // A failed read leaves nothing unresolved: the route answers `unavailable`.
    if (error instanceof Error && error.message.startsWith("fault:")) return { code: "unavailable", members: {} };
    throw error;
  }
}

interface CartRow {
  generation: number;
  orderId: string | null;
}

interface CartOrder {
  orderId: string;
  holdId: string;
  totalMinor: number;
}

const CART = `SELECT generation, order_id AS "orderId" FROM carts WHERE cart_id = ?`;
const ORDERS = `SELECT order_id AS "orderId", hold_id AS "holdId", total_minor AS "totalMinor" FROM orders WHERE cart_id = ?`;

/** The row of a cart. */
export async function cartRow(cartId: string): Promise<CartRow | undefined> {
  const [cart] = await sqlInD1<CartRow>(CART, cartId);
  return cart;
}

/** The orders that a cart became. */
export function ordersOfCart(cartId: string): Promise<CartOrder[]> {
  return sqlInD1(ORDERS, cartId);
}

/** The row of a cart and the orders that it became, in one round trip. */
export async function cartWithOrders(cartId: string): Promise<{ cart: CartRow | undefined; orders: CartOrder[] }> {
  const [carts, orders] = await env.DB.batch([CART, ORDERS].map((query) => env.DB.prepare(query).bind(cartId)));
  return { cart: carts?.results[0] as CartRow | undefined, orders: (orders?.results ?? []) as CartOrder[] };
}
