import type { Row } from "./raw-state.ts";
import type { MixedShop, Release } from "./two-releases.ts";

/** What tests read of an order that was placed. */
export interface Placed {
  order_id: string;
  total: number;
}

/** Places an order of two units. */
export function ordered(shop: MixedShop, productId: string, payment: string, release?: Release): Promise<Placed> {
  const order = { item: productId, quantity: 2, customer_name: "Asha", payment_method: payment };
  return shop.asAdmin("POST", "/orders", order, release) as Promise<object> as Promise<Placed>;
}

/** Moves an order by a release. */
export async function move(shop: MixedShop, { order_id: orderId }: Placed, status: string, release: Release): Promise<void> {
  await shop.asAdmin("PUT", `/orders/${orderId}`, { status }, release);
}

/** Takes units of an order back by a release. */
export async function takeBack(
  shop: MixedShop,
  { order_id: orderId }: Placed,
  [productId, quantity]: readonly [string, number],
  release: Release,
  warehouseId?: string,
): Promise<void> {
  const items = [{ product_id: productId, quantity, condition: "sellable" }];
  const body = { items, reason: "Torn", ...(warehouseId === undefined ? {} : { warehouse_id: warehouseId }) };
  await shop.asAdmin("POST", `/orders/${orderId}/returns`, body, release);
}

/** The units of a product in a warehouse, from its object. */
export async function levelIn(shop: MixedShop, productId: string, warehouseId: string): Promise<Row | undefined> {
  const query = `SELECT on_hand, reserved, allocated FROM levels WHERE warehouse_id = '${warehouseId}'`;
  const [level] = await shop.controls().query(productId, query);
  return level;
}
