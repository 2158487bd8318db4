import { type SQL, sql } from "drizzle-orm";
import { products, variants } from "../catalog/tables.ts";
import { type Query, row, rows } from "../db/client.ts";
import { rowJson } from "../db/json.ts";
import { assignedCode } from "../rules/countries.ts";
import { fullName } from "../pricing/rules/lines.ts";
import type { CartItem, CartRow, DetailedItem, Loss } from "./rules/cart.ts";
import { cartItems, cartLosses, carts } from "./tables.ts";

/** A cart's id, or SQL that selects it. */
export type CartRef = string | SQL;

/** Selects the open cart of an account; it has one at most. */
export function openCartOf(userId: string): SQL {
  return sql`(SELECT cart_id FROM ${carts} WHERE user_id = ${userId} AND order_id IS NULL)`;
}

/** @param country the shop's, used where the cart has none */
export function findCart(cart: CartRef, country: string): Query<CartRow | undefined> {
  const found = row<{ json: string }>(sql`SELECT ${rowJson(carts)} AS "json" FROM ${carts} WHERE cart_id = ${cart}`);
  return {
    statement: found.statement,
    read: (result) => {
      const one = found.read(result);
      if (!one) return undefined;
      const cartRow = JSON.parse(one.json) as CartRow & { country: string | null };
      return { ...cartRow, country: cartRow.country === null ? country : assignedCode(cartRow.country) };
    },
  };
}

type ItemRow = Omit<CartItem, "needs" | "discounts" | "isClosed"> & { needs: string; discounts: string };
type DetailedRow = ItemRow & {
  sku: string;
  productName: string;
  variantName: string | null;
  category: string | null;
  priceMinor: number;
};

/** The lines of a cart in order, with product and variant: D1 reads three rows per line. */
export function findItems(cart: CartRef): Query<DetailedItem[]> {
  const found = rows<DetailedRow>(sql`
    SELECT i.variant_id AS "variantId", i.line_no AS "lineNo", i.product_id AS "productId", i.quantity AS "quantity",
      i.edit_no AS "editNo", i.needs AS "needs", i.promo_code AS "promoCode", i.tier AS "tier",
      i.unit_price_minor AS "unitPriceMinor", i.discounts AS "discounts", i.reserved_until_ms AS "reservedUntilMs",
      i.reserved_since_ms AS "reservedSinceMs", v.sku AS "sku", p.name AS "productName", v.name AS "variantName",
      p.category AS "category", max(0, p.price_minor + v.price_adjustment_minor) AS "priceMinor"
    FROM ${cartItems} i CROSS JOIN ${products} p ON p.product_id = i.product_id CROSS JOIN ${variants} v ON v.variant_id = i.variant_id
    WHERE i.cart_id = ${cart}`);
  return {
    statement: found.statement,
    read: (result) =>
      found
        .read(result)
        .map(toItem)
        .toSorted((a, b) => a.lineNo - b.lineNo),
  };
}

function toItem({ needs, discounts, productName, variantName, ...item }: DetailedRow): DetailedItem {
  return {
    ...item,
    ...(JSON.parse(discounts) as Pick<CartItem, "discounts" | "isClosed">),
    needs: JSON.parse(needs) as CartItem["needs"],
    name: fullName(productName, variantName),
  };
}

/** The losses of a cart that its shopper has not seen. */
export function findLosses(cart: CartRef): Query<Loss[]> {
  return rows(sql`
    SELECT variant_id AS "variantId", edit_no AS "editNo", product_id AS "productId", quantity, at_ms AS "atMs"
    FROM ${cartLosses} WHERE cart_id = ${cart} AND seen_at_ms IS NULL ORDER BY at_ms, variant_id`);
}

/** SQL for a cart's destination and account, so that ranking and pricing join the batch that reads the cart. */
export function cartSources(cart: CartRef) {
  const of = (column: SQL) => sql`(SELECT ${column} FROM ${carts} WHERE cart_id = ${cart})`;
  return {
    country: of(sql`country`),
    postalCode: of(sql`postal_code`),
    customerId: of(sql`user_id`),
  };
}

/** The promo codes of the carts and their lines, and more, as a JSON array for the pricing query. */
export function codesOf(refs: readonly CartRef[], more: readonly string[] = []): SQL {
  const ids = refs.map((cart) => sql`${cart}`);
  return sql`(
    SELECT json_group_array(code) FROM (
      SELECT promo_code AS code FROM ${cartItems} WHERE cart_id IN (${sql.join(ids, sql`, `)}) AND promo_code IS NOT NULL
      UNION SELECT promo_code FROM ${carts} WHERE cart_id IN (${sql.join(ids, sql`, `)}) AND promo_code > ''
      UNION SELECT value FROM json_each(${JSON.stringify(more)})))`;
}
