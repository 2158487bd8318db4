import { type SQL, sql } from "drizzle-orm";
import { type Query, write } from "../db/client.ts";
import { idempotency } from "../writes/tables.ts";
import { type ProjectedLevel, upsertLevels } from "../stock/projection/flush-statements.ts";
import type { CartItem, CartRow, Loss } from "./rules/cart.ts";
import type { Settled } from "./rules/reservation.ts";
import type { WrittenItem } from "./rules/cart-change.ts";
import { cartItems, cartLosses, carts } from "./tables.ts";

/** Writes a new cart; an account's only where it has no open one, else UNIQUE fails the batch. */
export function insertCart(cart: CartRow): Query<number> {
  return write(sql`
    INSERT INTO ${carts} (cart_id, generation, order_id, user_id, edit_no, country, postal_code, created_at_ms, updated_at_ms)
    VALUES (${cart.cartId}, ${cart.generation}, ${cart.orderId}, ${cart.userId}, ${cart.editNo}, ${cart.country}, ${cart.postalCode},
      ${cart.createdAtMs}, ${cart.updatedAtMs})`);
}

/**
 * Allots an edit its number (PROTOCOL K0). Where another edit was faster, or the cart became an order, `edit_no` turns NULL, so that
 * NOT NULL fails the whole batch.
 * @param read as it was read  @param after what it becomes
 */
export function allotEdit(read: CartRow, after: CartRow): Query<number> {
  return write(sql`
    UPDATE ${carts} SET edit_no = iif(edit_no = ${read.editNo} AND order_id IS NULL, edit_no + 1, NULL),
      generation = generation + ${after.generation - read.generation}, user_id = ${after.userId}, country = ${after.country}, postal_code = ${after.postalCode}, updated_at_ms = ${after.updatedAtMs}
    WHERE cart_id = ${read.cartId}`);
}

const ITEM_COLUMNS = sql`cart_id, variant_id, line_no, product_id, quantity, edit_no, needs, promo_code, tier, unit_price_minor,
  discounts, reserved_until_ms, reserved_since_ms`;

/** What changes of a line in JSON, from `quantity` on; no object has answered yet. */
function itemValues(editNo: SQL, untilMs: SQL = sql`NULL`): SQL {
  return sql`value->>'quantity', ${editNo}, value->'needs', value->>'promoCode', value->>'tier', value->>'unitPriceMinor',
    json_object('discounts', value->'discounts', 'isClosed', value->'isClosed'), ${untilMs}, value->>'reservedSinceMs'`;
}

/** Writes lines over whatever the cart had of their variants; they are not reserved before the objects say so. */
export function upsertItems(cartId: string, items: readonly CartItem[]): Query<number> {
  return write(sql`
    INSERT INTO ${cartItems} (${ITEM_COLUMNS})
    SELECT ${cartId}, value->>'variantId', value->>'lineNo', value->>'productId', ${itemValues(sql`value->>'editNo'`)}
    FROM json_each(${JSON.stringify(items)}) WHERE true
    ON CONFLICT DO UPDATE SET quantity = excluded.quantity, edit_no = excluded.edit_no, needs = excluded.needs,
      promo_code = excluded.promo_code, tier = excluded.tier, unit_price_minor = excluded.unit_price_minor,
      discounts = excluded.discounts, reserved_until_ms = NULL, reserved_since_ms = excluded.reserved_since_ms`);
}

/** Takes lines out of a cart. */
export function deleteItems(cartId: string, variantIds: readonly string[]): Query<number> {
  return write(sql`
    DELETE FROM ${cartItems} WHERE cart_id = ${cartId} AND variant_id IN (SELECT value FROM json_each(${JSON.stringify(variantIds)}))`);
}

/**
 * Writes what the objects answered, and each line's discounts, where no later edit wrote the line; no time is brought forward, and a line
 * that was found not to be reserved meanwhile is extended no more. Their levels go with it.
 */
export function confirmEdit(
  { cartId, editNo }: CartRow,
  settled: readonly (Settled & Discounted)[],
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

/** Takes out the lines whose time is over, as the flush that is to tell of them would, and records why. */
export function loseLapsed(cartId: string, nowMs: number): Query<number>[] {
  const lapsed = sql`FROM ${cartItems} WHERE cart_id = ${cartId} AND reserved_until_ms <= CAST(${nowMs} AS INTEGER)`;
  return [
    write(sql`
      INSERT OR IGNORE INTO ${cartLosses} (cart_id, variant_id, edit_no, product_id, quantity, reason, promo_code, tier,
        unit_price_minor, discounts, at_ms)
      SELECT cart_id, variant_id, edit_no, product_id, quantity, 'reservation_expired', promo_code, tier, unit_price_minor, discounts,
        reserved_until_ms ${lapsed}`),
    write(sql`DELETE ${lapsed}`),
  ];
}

/** Marks losses as told. */
export function markSeen(cartId: string, losses: readonly Loss[], nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${cartLosses} SET seen_at_ms = CAST(${nowMs} AS INTEGER) FROM json_each(${JSON.stringify(losses)}) l
    WHERE cart_losses.cart_id = ${cartId} AND cart_losses.variant_id = l.value->>'variantId' AND cart_losses.edit_no = l.value->>'editNo'`);
}

/**
 * Undoes what an edit wrote, under a number of its own, where no later edit wrote the line, nobody has confirmed it and the cart is
 * open: what the objects may still hear under the old number is older then than what they are told next.
 * @param keyId the key that began it, which is forgotten, so that it is decided anew. Where the line is as it wrote it no more, or
 *   another attempt was told that it stands, nothing is undone
 */
export function undoEdit(
  { cartId, editNo }: Pick<CartRow, "cartId" | "editNo">,
  changes: readonly WrittenItem[],
  keyId: string | undefined,
  nowMs: number,
  isUntouched: boolean,
) {
  const untilMs = isUntouched ? sql`value->>'reservedUntilMs'` : sql`NULL`;
  const added = changes.filter(({ before }) => !before).map(({ variantId }) => variantId);
  const replaced = changes.flatMap(({ before, after }) => (before && after ? [before] : []));
  const removed = changes.flatMap(({ before, after }) => (before && !after ? [before] : []));
  const number = sql`(SELECT edit_no FROM ${carts} WHERE cart_id = ${cartId})`;
  const isForgotten = sql`NOT EXISTS (SELECT 1 FROM ${idempotency} WHERE id = ${keyId ?? null})`;
  const isOpen = sql`EXISTS (SELECT 1 FROM ${carts} WHERE cart_id = ${cartId} AND order_id IS NULL) AND ${isForgotten}`;
  return [
    write(sql`
      DELETE FROM ${idempotency} WHERE id = ${keyId ?? null} AND answer->>'stands' IS NULL AND (${removed.length > 0 ? 1 : 0} OR EXISTS (
        SELECT 1 FROM ${cartItems} WHERE cart_id = ${cartId} AND edit_no = ${editNo} AND reserved_until_ms IS NULL))`),
    write(sql`
      UPDATE ${carts} SET edit_no = edit_no + 1, updated_at_ms = ${nowMs}
      WHERE cart_id = ${cartId} AND order_id IS NULL AND ${isForgotten}`),
    write(sql`
      DELETE FROM ${cartItems} WHERE cart_id = ${cartId} AND edit_no = ${editNo} AND reserved_until_ms IS NULL AND ${isOpen}
        AND variant_id IN (SELECT value FROM json_each(${JSON.stringify(added)}))`),
    write(sql`
      UPDATE ${cartItems} SET (quantity, edit_no, needs, promo_code, tier, unit_price_minor, discounts, reserved_until_ms,
        reserved_since_ms) = (SELECT ${itemValues(number, untilMs)} FROM json_each(${JSON.stringify(replaced)}) WHERE value->>'variantId' = variant_id)
      WHERE cart_id = ${cartId} AND edit_no = ${editNo} AND reserved_until_ms IS NULL AND ${isOpen}
        AND variant_id IN (SELECT value->>'variantId' FROM json_each(${JSON.stringify(replaced)}))`),
    write(sql`
      INSERT OR IGNORE INTO ${cartItems} (${ITEM_COLUMNS})
      SELECT ${cartId}, value->>'variantId', value->>'lineNo', value->>'productId', ${itemValues(number, untilMs)}
      FROM json_each(${JSON.stringify(removed)}) WHERE ${isOpen}`),
  ] as const;
}

/** Lets what a key began stand, whatever the attempt that began it will hear. @returns 0 where it was undone */
export function keepStanding(id: string): Query<number> {
  return write(sql`UPDATE ${idempotency} SET answer = json_set(answer, '$.stands', 1) WHERE id = ${id}`);
}

/** Ends carts that nobody touched since a time, with their lines and losses, a bounded number at once. */
export function purgeCarts(beforeMs: number, limit: number): Query<number>[] {
  const old = sql`(SELECT cart_id FROM ${carts} WHERE updated_at_ms < ${beforeMs} ORDER BY updated_at_ms LIMIT ${limit})`;
  return [
    write(sql`DELETE FROM ${cartItems} WHERE cart_id IN ${old}`),
    write(sql`DELETE FROM ${cartLosses} WHERE cart_id IN ${old}`),
    write(sql`DELETE FROM ${carts} WHERE cart_id IN ${old}`),
  ];
}
