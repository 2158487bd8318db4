import { sql } from "drizzle-orm";
import { type Query, write } from "../db/client.ts";
import type { ExpiredUnits } from "../stock/rules/cart-messages.ts";
import { cartItems, cartLosses } from "./tables.ts";

/**
 * Takes the lines out of carts that need units which lapsed, and records why (PROTOCOL A6). A line that a later edit wrote stays: its
 * units are another reservation's. Told twice it changes nothing.
 */
export function removeLapsed(units: readonly ExpiredUnits[]): Query<number>[] {
  const lost = sql`
    FROM json_each(${JSON.stringify(units)}) lapsed CROSS JOIN ${cartItems} i
    WHERE i.cart_id = lapsed.value->>'cartId' AND i.edit_no <= lapsed.value->>'editNo' AND EXISTS (
      SELECT 1 FROM json_each(i.needs) need WHERE need.value->>'variantId' = lapsed.value->>'variantId')`;
  return [
    write(sql`
      INSERT OR IGNORE INTO ${cartLosses} (cart_id, variant_id, edit_no, product_id, quantity, reason, promo_code, tier,
        unit_price_minor, discounts, at_ms)
      SELECT i.cart_id, i.variant_id, i.edit_no, i.product_id, i.quantity, 'reservation_expired', i.promo_code, i.tier,
        i.unit_price_minor, i.discounts,
        CAST(lapsed.value->>'atMs' AS INTEGER)
      ${lost}`),
    write(sql`DELETE FROM ${cartItems} WHERE (cart_id, variant_id) IN (SELECT i.cart_id, i.variant_id ${lost})`),
  ];
}
