import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { findRecord } from "./queries.ts";
import type { Order } from "./rules/order.ts";

/** Reads an order. @throws Refusal `not_found` */
export async function showOrder(deps: Deps, orderId: string): Promise<Order> {
  const [{ order }] = await deps.db.batch(findRecord(orderId));
  if (!order) throw new Refusal("not_found", "There is no such order.");
  return order;
}
