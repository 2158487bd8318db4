import { type SQL, sql } from "drizzle-orm";
import { type Query, write } from "../db/client.ts";
import { idempotency } from "../writes/tables.ts";
import { type ProjectedLevel, upsertLevels } from "../stock/projection/flush-statements.ts";
import type { CartItem, CartRow } from "./rules/cart.ts";
import type { ItemChange } from "./rules/edit.ts";
import type { SettledItem } from "./rules/reservation.ts";
import { cartItems, cartLosses, carts } from "./tables.ts";

/** Inserts a cart. If its account has an open one already, a UNIQUE index fails the batch. */
export function insertCart(cart: CartRow): Query<number> {
  return write(sql`
    INSERT INTO ${carts} (cart_id, generation, order_id, user_id, edit_no, country, postal_code, created_at_ms, updated_at_ms)
    VALUES (${cart.cartId}, ${cart.generation}, ${cart.orderId}, ${cart.userId}, ${cart.editNo}, ${cart.country}, ${cart.postalCode},
      ${cart.createdAtMs}, ${cart.updatedAtMs})`);
}

/**
 * Allots an edit its number and updates the cart (K0). If another edit was written since the cart was read, or the cart became an order,
 * `edit_no` turns NULL and NOT NULL fails the whole batch.
 */
export function allotEdit(read: CartRow, after: CartRow): Query<number> {
  return write(sql`
    UPDATE ${carts} SET edit_no = iif(edit_no = ${read.editNo} AND order_id IS NULL, edit_no + 1, NULL),
      generation = generation + ${after.generation - read.generation}, user_id = ${after.userId}, country = ${after.country},
      postal_code = ${after.postalCode}, promo_code = ${after.promoCode}, updated_at_ms = ${after.updatedAtMs}
    WHERE cart_id = ${read.cartId}`);
}

const ITEM_COLUMNS = sql`cart_id, variant_id, line_no, product_id, quantity, edit_no, needs, promo_code, tier, unit_price_minor,
  discounts, reserved_until_ms, reserved_since_ms`;

/** The values of a line in JSON from `quantity` on. @param untilMs NULL until the objects have answered */
function itemValues(editNo: SQL, untilMs: SQL = sql`NULL`): SQL {
  return sql`value->>'quantity', ${editNo}, value->'needs', value->>'promoCode', value->>'tier', value->>'unitPriceMinor',
    json_object('discounts', value->'discounts', 'isClosed', value->'isClosed'), ${untilMs}, value->>'reservedSinceMs'`;
}

/** Writes lines, in place of those that the cart has of the same variants. They are unreserved until the objects answer. */
export function upsertItems(cartId: string, items: readonly CartItem[]): Query<number> {
  return write(sql`
    INSERT INTO ${cartItems} (${ITEM_COLUMNS})
    SELECT ${cartId}, value->>'variantId', value->>'lineNo', value->>'productId', ${itemValues(sql`value->>'editNo'`)}
    FROM json_each(${JSON.stringify(items)}) WHERE true
    ON CONFLICT DO UPDATE SET quantity = excluded.quantity, edit_no = excluded.edit_no, needs = excluded.needs,
      promo_code = excluded.promo_code, tier = excluded.tier, unit_price_minor = excluded.unit_price_minor,
      discounts = excluded.discounts, reserved_until_ms = NULL, reserved_since_ms = excluded.reserved_since_ms`);
}

/** Deletes lines of a cart. */
export function deleteItems(cartId: string, variantIds: readonly string[]): Query<number> {
  return write(sql`
    DELETE FROM ${cartItems} WHERE cart_id = ${cartId} AND variant_id IN (SELECT value FROM json_each(${JSON.stringify(variantIds)}))`);
}

/**
 * Writes the objects' answers, each line's discounts and the objects' levels. A line that a later edit wrote stays as it is, a reservation
 * is never shortened, and a line of another edit that is no longer reserved is not extended.
 */
export function confirmItems(
  { cartId, editNo }: CartRow,
  settled: readonly (SettledItem & Discounted)[],
  levels: readonly ProjectedLevel[],
  nowMs: number,
): Query<number>[] {
  return [
    write(sql`
      UPDATE ${cartItems} SET reserved_since_ms = c.value->>'sinceMs',
        reserved_until_ms = iif(c.value->>'untilMs' IS NULL, reserved_until_ms, max(coalesce(reserved_until_ms, 0), c.value->>'untilMs')),
        discounts = json_object('discounts', c.value->'discounts', 'isClosed', c.value->'isClosed')
      FROM json_each(${JSON.stringify(settled)}) c
      WHERE cart_items.cart_id = ${cartId} AND cart_items.variant_id = c.value->>'variantId' AND cart_items.edit_no = c.value->>'editNo'
        AND (cart_items.edit_no = ${editNo} OR cart_items.reserved_until_ms IS NOT NULL)`),
    write(upsertLevels(levels, nowMs)),
  ];
}

type Discounted = Pick<CartItem, "discounts" | "isClosed">;

/** Writes the discounts of lines that an edit of the cart changed without writing the lines. A line that a later edit wrote stays as it is. */
export function repriceItems(cartId: string, items: readonly CartItem[]): Query<number> {
  const discounts = sql`json_object('discounts', c.value->'discounts', 'isClosed', c.value->'isClosed')`;
  return write(sql`
    UPDATE ${cartItems} SET discounts = ${discounts}
    FROM json_each(${JSON.stringify(items)}) c
    WHERE cart_items.cart_id = ${cartId} AND cart_items.variant_id = c.value->>'variantId' AND cart_items.edit_no = c.value->>'editNo'
      AND cart_items.discounts <> ${discounts}`);
}

/**
 * Restores the lines that an edit wrote, if the cart is open and nobody confirmed or overwrote them. The restored lines get an edit number
 * of their own, so that a delayed call with the old number cannot overwrite them in the objects (K0).
 * @param keyId the key of the edit, which is deleted so that a retry starts anew. If another attempt with the key was acknowledged, or the
 *   line changed since, the key stays and nothing is undone
 * @param codeBefore the cart's promo code before the edit
 * @param isUntouched whether the objects still hold the units as they were before the edit, so that the old reservation times stay valid
 */
export function undoItems(
  { cartId, editNo, promoCode }: Pick<CartRow, "cartId" | "editNo" | "promoCode">,
  changes: readonly ItemChange[],
  keyId: string | undefined,
  nowMs: number,
  isUntouched: boolean,
  codeBefore: string | null,
) {
  const untilMs = isUntouched ? sql`value->>'reservedUntilMs'` : sql`NULL`;
  const added = changes.filter(({ before }) => !before).map(({ variantId }) => variantId);
  const replaced = changes.flatMap(({ before, after }) => (before && after ? [before] : []));
  const removed = changes.flatMap(({ before, after }) => (before && !after ? [before] : []));
  const undoNo = sql`(SELECT edit_no FROM ${carts} WHERE cart_id = ${cartId})`;
  const isKeyDeleted = sql`NOT EXISTS (SELECT 1 FROM ${idempotency} WHERE id = ${keyId ?? null})`;
  const isOpen = sql`EXISTS (SELECT 1 FROM ${carts} WHERE cart_id = ${cartId} AND order_id IS NULL) AND ${isKeyDeleted}`;
  return [
    write(sql`
      DELETE FROM ${idempotency} WHERE id = ${keyId ?? null} AND answer->>'stands' IS NULL AND (${removed.length > 0 ? 1 : 0} OR EXISTS (
        SELECT 1 FROM ${cartItems} WHERE cart_id = ${cartId} AND edit_no = ${editNo} AND reserved_until_ms IS NULL))`),
    write(sql`
      UPDATE ${carts} SET edit_no = edit_no + 1, updated_at_ms = ${nowMs},
        promo_code = iif(promo_code IS ${promoCode}, ${codeBefore}, promo_code)
      WHERE cart_id = ${cartId} AND order_id IS NULL AND ${isKeyDeleted}`),
    write(sql`
      DELETE FROM ${cartItems} WHERE cart_id = ${cartId} AND edit_no = ${editNo} AND reserved_until_ms IS NULL AND ${isOpen}
        AND variant_id IN (SELECT value FROM json_each(${JSON.stringify(added)}))`),
    write(sql`
      UPDATE ${cartItems} SET (quantity, edit_no, needs, promo_code, tier, unit_price_minor, discounts, reserved_until_ms,
        reserved_since_ms) = (SELECT ${itemValues(undoNo, untilMs)} FROM json_each(${JSON.stringify(replaced)}) WHERE value->>'variantId' = variant_id)
      WHERE cart_id = ${cartId} AND edit_no = ${editNo} AND reserved_until_ms IS NULL AND ${isOpen}
        AND variant_id IN (SELECT value->>'variantId' FROM json_each(${JSON.stringify(replaced)}))`),
    write(sql`
      INSERT OR IGNORE INTO ${cartItems} (${ITEM_COLUMNS})
      SELECT ${cartId}, value->>'variantId', value->>'lineNo', value->>'productId', ${itemValues(undoNo, untilMs)}
      FROM json_each(${JSON.stringify(removed)}) WHERE ${isOpen}`),
  ] as const;
}

/** Marks a key's edit as acknowledged, so that no other attempt with the key undoes it. @returns 0 where it was undone before */
export function markAcknowledged(keyId: string): Query<number> {
  return write(sql`UPDATE ${idempotency} SET answer = json_set(answer, '$.stands', 1) WHERE id = ${keyId}`);
}

/** Deletes carts that were last changed before a time, with their lines and losses, up to a limit. */
export function purgeCarts(beforeMs: number, limit: number): Query<number>[] {
  const stale = sql`(SELECT cart_id FROM ${carts} WHERE updated_at_ms < ${beforeMs} ORDER BY updated_at_ms LIMIT ${limit})`;
  return [
    write(sql`DELETE FROM ${cartItems} WHERE cart_id IN ${stale}`),
    write(sql`DELETE FROM ${cartLosses} WHERE cart_id IN ${stale}`),
    write(sql`DELETE FROM ${carts} WHERE cart_id IN ${stale}`),
  ];
}
