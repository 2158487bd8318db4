import { vi } from "vitest";
import { get, post } from "../http/requests.ts";
import { ADMIN } from "../orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, newKey, placed, type ProblemBody, read, show, unitsOf } from "../orders/http.ts";

/** What tests read of a change of stock by hand. */
export interface Adjusted extends ProblemBody {
  short_orders: { order_id: string; quantity: number }[];
}

/** What tests read of an order that can be short. */
export interface ShownOrder {
  status: string;
  stock_short: boolean;
  items: { cancelled: number; allocations: { quantity: number; shipped: number; cancelled: number; short: number }[] }[];
  events: { what: string }[];
  [field: string]: unknown;
}

function countBody(productId: string, counted: number, onHand: number, more: object = { on_shortage: "keep_oldest" }) {
  return { product_id: productId, warehouse_id: "BLR", counted, expected_on_hand: onHand, ...more };
}

/** Counts units in BLR, as a clerk who knows that the shelf can be short. */
export async function count(productId: string, counted: number, onHand: number, more?: object, key = newKey()) {
  const body = countBody(productId, counted, onHand, more);
  return read<Adjusted>(await post("/api/v1/inventory/counts", body, { ...ADMIN, key }));
}

/** An order of some units that are allocated. */
export async function sold(productId: string, quantity: number, more: object = {}): Promise<string> {
  const before = await unitsOf(productId);
  const { order_id: orderId } = await placed(bodyOf([lineOf(productId, quantity)], { ...more }));
  const allocated = (before["BLR"]?.[2] ?? 0) + quantity;
  await vi.waitUntil(async () => (await unitsOf(productId))["BLR"]?.[2] === allocated);
  return orderId;
}

export async function shown(orderId: string): Promise<ShownOrder> {
  return (await show<ShownOrder>(orderId, ADMIN)).body;
}

/** `[quantity, shipped, cancelled, short]` of the first line of an order in its one warehouse. */
export async function lineIn(orderId: string): Promise<(number | undefined)[]> {
  const allocation = (await shown(orderId)).items[0]?.allocations[0];
  return [allocation?.quantity, allocation?.shipped, allocation?.cancelled, allocation?.short];
}

/** The lines that the open alert of an order says are short; `undefined` where none is open. */
export async function alertOf(orderId: string): Promise<{ quantity: number }[] | undefined> {
  const { alerts } = await (
    await get(`/api/v1/alerts?subject=${orderId}&status=open`, ADMIN)
  ).json<{ alerts: { kind: string; details: { short: { quantity: number }[] } }[] }>();
  return alerts.find(({ kind }) => kind === "stock_short")?.details.short;
}

/** Two orders of four and of three units that stand on a shelf of ten. */
export async function twoOrders() {
  const rice = await inStock(10);
  return { rice, older: await sold(rice, 4), newer: await sold(rice, 3) };
}

/** As `twoOrders`; then two units are found missing, which the newer order loses. */
export async function shortOrders() {
  const orders = await twoOrders();
  await count(orders.rice, 5, 10);
  return orders;
}
