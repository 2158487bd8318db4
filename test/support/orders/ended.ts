import { post, type AskOptions } from "../http/requests.ts";
import { vi } from "vitest";
import {
  type Answer,
  bodyOf,
  cancel as cancelAsked,
  inStock,
  lineOf,
  ORDERS,
  placed,
  type ProblemBody,
  read,
  unitsOf,
} from "./http.ts";
import type { Deps } from "../../../src/deps.ts";
import { reopenOrder } from "../../../src/orders/placement/reopen-order.ts";
import type { Written } from "../../../src/writes/rules/keyed.ts";
import type { OrderHistory } from "../../../src/orders/rules/timeline.ts";
import type { PaidOrder } from "../payments/payments.ts";
import { faultyWorker } from "../faults.ts";
import { cancel, outcomeOf, placedBy, stocked as stockedNow } from "./orders.ts";
import { rowsOf } from "../payments/payments.ts";

export type Reopened = PaidOrder & ProblemBody & { payment_due_at: string | null };

/** Reopens an order as an admin. */
export async function reopen(orderId: string, body?: unknown, options: AskOptions = { admin: true }): Promise<Answer<Reopened>> {
  return read<Reopened>(await post(`${ORDERS}/${orderId}/reopen`, body, options));
}

/** Reopens an order as the route would, with a key or without. */
export function reopenBy(deps: Deps, orderId: string, key?: string): Promise<Written<OrderHistory> | { code: string }> {
  const keyed = key === undefined ? undefined : { id: key, requestHash: "" };
  return outcomeOf(reopenOrder(deps, keyed, { orderId, note: null }));
}

/** An order, its product, and the units that were received of it. */
export interface Ended {
  orderId: string;
  productId: string;
  received: Map<string, number>;
}

/** An order of the only unit of a product, cancelled, and its unit free again. @param stocked makes the product */
export async function cancelledOrder(more: Parameters<typeof placedBy>[2] = {}, stocked = stockedNow): Promise<Ended> {
  const productId = await stocked(1);
  const worker = faultyWorker();
  const { orderId } = await placedBy(worker, productId, more);
  await cancel(worker.deps, orderId);
  await worker.idle();
  return { orderId, productId, received: new Map([[productId, 1]]) };
}

/** The status of each order, and how often it was reopened. */
export async function statesOf(orderIds: readonly string[]) {
  const rows = await rowsOf<{ id: string; status: string; reopened: number }>(
    `SELECT order_id AS id, status, (SELECT count(*) FROM order_events e WHERE e.order_id = o.order_id AND what = 'reopened') AS reopened
     FROM orders o WHERE order_id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(orderIds),
  );
  return orderIds.map((orderId) => rows.find(({ id }) => id === orderId));
}

/** A verb's answer in short: the code of its refusal. */
export function codeOf(answer: object): string {
  return "code" in answer ? String(answer.code) : "answer";
}

/** A cash order of some units of a product that has five, cancelled by staff. */
export async function cancelled(quantity = 2, more: Record<string, unknown> = {}) {
  const rice = await inStock(5);
  const order = await placed(bodyOf([lineOf(rice, quantity)], more));
  await cancelAsked(order.order_id, { admin: true });
  const { total } = order;
  return { ...order, total, orderId: order.order_id, rice, received: new Map([[rice, 5]]) };
}

/** Waits until the units of a product in BLR are these. */
export const eventually = (rice: string, units: number[]) =>
  vi.waitFor(async () => {
    const now = await unitsOf(rice);
    if (JSON.stringify(now) !== JSON.stringify({ BLR: units })) throw new Error(JSON.stringify(now));
  });
