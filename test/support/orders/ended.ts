import { post, type AskOptions } from "../http/requests.ts";
import { type Answer, ORDERS, type ProblemBody, read } from "./http.ts";
import type { Deps } from "../../../src/deps.ts";
import { reopenOrder } from "../../../src/orders/placement/reopen-order.ts";
import type { Written } from "../../../src/writes/rules/keyed.ts";
import type { OrderHistory } from "../../../src/orders/rules/timeline.ts";
import type { PaidOrder } from "../payments/payments.ts";
import { outcomeOf } from "./orders.ts";

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
