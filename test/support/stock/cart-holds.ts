import type { CartEdit, CartLine, Checkout } from "../../../src/stock/rules/cart-messages.ts";
import { newId } from "../shop/shop.ts";
import { stockWith, sqlInD1 } from "./stock.ts";

const MINUTE_MS = 60_000;
/** How long carts of these tests reserve their units. */
export const CART_MS = 15 * MINUTE_MS;

/** The id of a new cart. */
export function newCart(): string {
  return newId("CRT");
}

/** An edit that reserves units of variant `v` from BLR by default. */
export function cartEdit(cartId: string, editNo: number, quantity: number, more: Partial<CartEdit> = {}): CartEdit {
  const lines = [{ variantId: "v", quantity, least: 1 }];
  const untilMs = Date.now() + CART_MS;
  return { cartId, editNo, lines, ranking: ["BLR"], policy: "nearest_available", untilMs, maxSharePercent: 100, ...more };
}

export function cartLine(variantId: string, quantity: number): CartLine {
  return { variantId, quantity, least: 1 };
}

/** A checkout of units of variant `v` from BLR by default. */
export function checkoutOf(cartId: string, generation: number, quantity: number, more: Partial<Checkout> = {}): Checkout {
  return { cartId, generation, lines: [{ variantId: "v", quantity }], ranking: ["BLR"], policy: "nearest_available", ...more };
}

/** Inserts the D1 row of a cart. */
export async function recordCart(cartId: string, fields: { generation?: number; orderId?: string } = {}): Promise<void> {
  const { generation = 1, orderId = null } = fields;
  await sqlInD1(
    `INSERT INTO carts (cart_id, generation, order_id, edit_no, created_at_ms, updated_at_ms) VALUES (?, ?, ?, 1, 0, 0)`,
    cartId,
    generation,
    orderId,
  );
}

/** Records in D1 that an order has units of variant `v` of a product. */
export async function recordAllocation(orderId: string, productId: string): Promise<void> {
  await sqlInD1(
    "INSERT INTO order_allocations (order_id, line_no, product_id, variant_id, warehouse_id, quantity) VALUES (?, 1, ?, 'v', 'BLR', 2)",
    orderId,
    productId,
  );
}

/** A cart's generation in D1. */
export async function generationOf(cartId: string): Promise<number | undefined> {
  const [cart] = await sqlInD1<{ generation: number }>("SELECT generation FROM carts WHERE cart_id = ?", cartId);
  return cart?.generation;
}

/** A cart in D1 that reserves two of five units. */
export async function withCart(units: number | Record<string, number> = 5, quantity = 2) {
  const own = await stockWith(units);
  const cartId = newCart();
  await recordCart(cartId);
  await own.stock.setCart(cartEdit(cartId, 1, quantity));
  return { ...own, cartId };
}
