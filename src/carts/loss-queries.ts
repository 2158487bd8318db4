import { type SQL, sql } from "drizzle-orm";
import { type Query, write } from "../db/client.ts";
import type { ExpiredUnits } from "../stock/rules/cart-messages.ts";
import type { Loss } from "./rules/cart.ts";
import { cartItems, cartLosses } from "./tables.ts";

/**
 * Deletes the cart lines that need expired units, and records them as losses (A6). A line that a later edit wrote stays,
 * because its units are another reservation's. Repeating it changes nothing.
 */
export function deleteExpiredUnits(units: readonly ExpiredUnits[]): Query<number>[] {
  const lost = sql`
    FROM json_each(${JSON.stringify(units)}) expired CROSS JOIN ${cartItems} i
    WHERE i.cart_id = expired.value->>'cartId' AND i.edit_no <= expired.value->>'editNo' AND EXISTS (
      SELECT 1 FROM json_each(i.needs) need WHERE need.value->>'variantId' = expired.value->>'variantId')`;
  return [
    insertLosses(sql`CAST(expired.value->>'atMs' AS INTEGER)`, lost),
    write(sql`DELETE FROM ${cartItems} WHERE (cart_id, variant_id) IN (SELECT i.cart_id, i.variant_id ${lost})`),
  ];
}

/** Deletes a cart's expired lines and records them as losses, as the object's next flush would. */
export function deleteExpiredItems(cartId: string, nowMs: number): Query<number>[] {
  const expired = sql`FROM ${cartItems} AS i WHERE i.cart_id = ${cartId} AND i.reserved_until_ms <= CAST(${nowMs} AS INTEGER)`;
  return [insertLosses(sql`i.reserved_until_ms`, expired), write(sql`DELETE ${expired}`)];
}

/** @param atMs when a line was lost  @param from `FROM … WHERE …`, with `cart_items` as `i` */
function insertLosses(atMs: SQL, from: SQL): Query<number> {
  return write(sql`
    INSERT OR IGNORE INTO ${cartLosses} (cart_id, variant_id, edit_no, product_id, quantity, reason, promo_code, tier,
      unit_price_minor, discounts, at_ms)
    SELECT i.cart_id, i.variant_id, i.edit_no, i.product_id, i.quantity, 'reservation_expired', i.promo_code, i.tier,
      i.unit_price_minor, i.discounts, ${atMs} ${from}`);
}

/** Marks losses as seen by the shopper. */
export function markSeen(cartId: string, losses: readonly Loss[], nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${cartLosses} SET seen_at_ms = CAST(${nowMs} AS INTEGER) FROM json_each(${JSON.stringify(losses)}) l
    WHERE cart_losses.cart_id = ${cartId} AND cart_losses.variant_id = l.value->>'variantId' AND cart_losses.edit_no = l.value->>'editNo'`);
}
