import { vi } from "vitest";
import { type AskOptions, put } from "../http/requests.ts";
import { type Answer, bodyOf, inStock, lineOf, type OrderBody, ORDERS, placed, read, unitsOf } from "./http.ts";
import { confirm } from "../payments/payments.ts";

/** What tests read of an order's page. */
export interface History extends OrderBody {
  status: string;
  events: { what: string; from: string | null; to: string | null; by: string; note: string | null }[];
  deleted_at: string | null;
}

/** Moves an order by hand, as an admin unless somebody else is named. */
export async function move<B = History>(
  orderId: string,
  status: string,
  more: object = {},
  options: AskOptions = { admin: true },
): Promise<Answer<B>> {
  return read<B>(await put(`${ORDERS}/${orderId}`, { status, ...more }, options));
}

/** Confirms, as an admin, that an order was paid. */
export async function pay(orderId: string): Promise<void> {
  const answer = await confirm(orderId);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

/** An order of some units of a product that has five; they are allocated to it, or reserved where it waits for its payment. */
export async function soldOrder(
  quantity = 2,
  more: Record<string, unknown> = {},
): Promise<{ orderId: string; rice: string; token: string }> {
  const rice = await inStock(5);
  const order = await placed(bodyOf([lineOf(rice, quantity)], more));
  const expected = more.payment_method === undefined ? [5, 0, quantity] : [5, quantity];
  await vi.waitUntil(async () => JSON.stringify(await unitsOf(rice)) === JSON.stringify({ BLR: expected }));
  return { orderId: order.order_id, rice, token: order.order_token };
}
