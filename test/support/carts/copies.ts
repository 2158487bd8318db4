import { env } from "cloudflare:workers";
import { cartEdit } from "../stock/cart-holds.ts";
import { newId } from "../shop/shop.ts";

interface Line {
  needs: string;
  reserved_until_ms: number;
}

/**
 * Copies a cart whose lines are reserved: its rows for all copies in one batch of D1, and its units by the objects themselves. A cart of
 * its own for each of many cases would take most of their time.
 * @returns the ids of the copies
 */
export async function copiesOf(cartId: string, count: number): Promise<string[]> {
  const copies = Array.from({ length: count }, () => newId("CRT"));
  const [carts, lines] = await env.DB.batch([rowsOf("carts", cartId), rowsOf("cart_items", cartId)]);
  const [cart] = (carts?.results ?? []) as { edit_no: number }[];
  const items = (lines?.results ?? []) as Line[];
  if (!cart || !items[0]) throw new Error(`${cartId} has no lines`);
  await env.DB.batch([copyRows("carts", cart, cartId, copies), copyRows("cart_items", items[0], cartId, copies)]);
  await Promise.all(copies.map((copy) => reserveAgain(copy, cart.edit_no, items)));
  return copies;
}

/** Reserves what the lines need of each product, as their last edit did. */
async function reserveAgain(cartId: string, editNo: number, items: readonly Line[]): Promise<void> {
  const units = new Map<string, number>();
  for (const { productId, quantity } of items.flatMap(
    ({ needs }) => JSON.parse(needs) as { productId: string; quantity: number }[],
  ))
    units.set(productId, (units.get(productId) ?? 0) + quantity);
  const untilMs = Math.max(...items.map((item) => item.reserved_until_ms));
  for (const [productId, quantity] of units) {
    const edit = cartEdit(cartId, editNo, 0, { lines: [{ variantId: productId, quantity, least: quantity }], untilMs });
    const answer = await env.STOCK.getByName(productId).setCart(edit);
    if (answer.outcome !== "set") throw new Error(answer.outcome);
  }
}

function rowsOf(table: string, cartId: string): D1PreparedStatement {
  return env.DB.prepare(`SELECT * FROM ${table} WHERE cart_id = ?`).bind(cartId);
}

function copyRows(table: string, row: object, cartId: string, copies: readonly string[]): D1PreparedStatement {
  const names = Object.keys(row).filter((name) => name !== "cart_id");
  return env.DB.prepare(
    `INSERT INTO ${table} (cart_id, ${names.join()}) SELECT copy.value, ${names.map((name) => `${table}.${name}`).join()}
     FROM ${table} CROSS JOIN json_each(?) copy WHERE cart_id = ?`,
  ).bind(JSON.stringify(copies), cartId);
}
