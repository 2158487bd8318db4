import { type SQL, sql } from "drizzle-orm";
import { type Query, row, write } from "../../db/client.ts";
import { cartSources } from "../../carts/queries.ts";
import { cartItems, cartLosses, carts } from "../../carts/tables.ts";
import { pricingRules } from "../../pricing/tables.ts";
import type { DiscountSnapshot } from "../../pricing/rules/pricing-rule.ts";
import type { KeptRefusal } from "../queries.ts";
import type { CartHead, CartLine } from "../rules/checkout.ts";
import { fences, orders } from "../tables.ts";

/** A cart as its checkout reads it. */
export interface CartRecord {
  cart: CartHead;
  lines: CartLine[];
}

/** The order of `linesOf`, the same in every statement of a batch. */
const IN_PLACE = sql`ORDER BY is_lost, line_no, variant_id`;

/** The lines of a cart, and those that expired without being shown to the shopper: they are checked out too if possible. */
function linesOf(cartId: string): SQL {
  const price = sql`unit_price_minor, discounts, promo_code, tier`;
  return sql`(
    SELECT 0 AS is_lost, line_no, product_id, variant_id, quantity, ${price}, reserved_until_ms FROM ${cartItems}
    WHERE cart_id = ${cartId}
    UNION ALL
    SELECT 1, max(edit_no), product_id, variant_id, quantity, ${price}, NULL FROM ${cartLosses} lost
    WHERE cart_id = ${cartId} AND seen_at_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM ${cartItems} i WHERE i.cart_id = lost.cart_id AND i.variant_id = lost.variant_id)
    GROUP BY variant_id)`;
}

/** The products and variants of a cart's lines, for `findSellables`, in the order of `findCartRecord`. */
export function wantedOfCart(cartId: string): SQL {
  return sql`(
    SELECT json_group_array(json_object('productId', product_id, 'variantId', variant_id) ${IN_PLACE}) FROM ${linesOf(cartId)})`;
}

/** The promo codes of a cart and its lines, and the present codes of rules that discounted them, for `pricingQuery`. */
export function codesOfCart(cartId: string): SQL {
  return sql`(
    SELECT json_group_array(promo_code) FROM (
      SELECT promo_code FROM ${linesOf(cartId)} WHERE promo_code IS NOT NULL
      UNION
      SELECT promo_code FROM ${carts} WHERE cart_id = ${cartId} AND promo_code > ''
      UNION
      SELECT r.promo_code FROM ${linesOf(cartId)} l CROSS JOIN json_each(l.discounts, '$.discounts') d
        CROSS JOIN ${pricingRules} r ON r.rule_id = d.value->>'ruleId'
      WHERE r.promo_code IS NOT NULL))`;
}

/** The destination of a cart, for `storedDeliveryQuery`. @param home the shop's country, where the cart has none */
export function placeOfCart(cartId: string, home: string): { country: SQL; postalCode: SQL } {
  const { country, postalCode } = cartSources(cartId);
  return { country: sql`coalesce(${country}, ${home})`, postalCode };
}

/** Reads a cart with its lines. */
export function findCartRecord(cartId: string): Query<CartRecord | undefined> {
  const found = row<CartHead & { lines: string }>(sql`
    SELECT cart_id AS "cartId", generation, edit_no AS "editNo", order_id AS "orderId", user_id AS "userId", country, postal_code AS "postalCode",
      promo_code AS "promoCode", (
      SELECT json_group_array(json_object('productId', product_id, 'variantId', variant_id, 'quantity', quantity,
        'unitPriceMinor', unit_price_minor, 'kept', json(discounts), 'promoCode', promo_code, 'tier', tier,
        'reservedUntilMs', reserved_until_ms) ${IN_PLACE})
      FROM ${linesOf(cartId)}) AS "lines"
    FROM ${carts} WHERE cart_id = ${cartId}`);
  return {
    statement: found.statement,
    read: (result) => {
      const record = found.read(result);
      if (!record) return undefined;
      const { lines, ...cart } = record;
      return { cart, lines: JSON.parse(lines) as (CartLine & { kept: DiscountSnapshot })[] };
    },
  };
}

/**
 * Ends a generation of a cart, so that nothing is recorded under its hold any more (K3).
 * @returns 1 where this statement ended it
 */
export function endGeneration({ cartId, generation }: CartHead): Query<number> {
  return write(sql`
    UPDATE ${carts} SET generation = generation + 1
    WHERE cart_id = ${cartId} AND generation = ${generation} AND order_id IS NULL`);
}

/** Marks lines as not reserved, where `endGeneration`, which comes after it in the batch, will end the generation. */
export function forgetReserved({ cartId, generation }: CartHead, variantIds: ReadonlySet<string>): Query<number> {
  return write(sql`
    UPDATE ${cartItems} SET reserved_until_ms = NULL, reserved_since_ms = NULL
    WHERE cart_id = ${cartId} AND variant_id IN (SELECT value FROM json_each(${JSON.stringify([...variantIds])}))
      AND EXISTS (SELECT 1 FROM ${carts} c WHERE c.cart_id = ${cartId} AND c.generation = ${generation} AND c.order_id IS NULL)`);
}

/**
 * Keeps the refusal of a checkout's key, if there is one, where `endGeneration`, which comes after it in the batch, will end the
 * generation.
 */
export function fenceCheckout(
  orderId: string,
  refusal: KeptRefusal | undefined,
  { cartId, generation }: CartHead,
  nowMs: number,
): Query<number> {
  return write(sql`
    INSERT OR IGNORE INTO ${fences} (id, answer, at_ms)
    SELECT ${orderId}, ${JSON.stringify(refusal ?? null)}, CAST(${nowMs} AS INTEGER) FROM ${carts}
    WHERE ${refusal === undefined ? 0 : 1} AND cart_id = ${cartId} AND generation = ${generation} AND order_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM ${orders} WHERE orders.order_id = ${orderId})`);
}
