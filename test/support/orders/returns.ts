import { vi } from "vitest";
import { type AskOptions, get, post } from "../http/requests.ts";
import { type Answer, bodyOf, inStock, lineOf, type OrderBody, ORDERS, placed, read, show, unitsOf } from "./http.ts";
import { move } from "./lifecycle.ts";

const ADMIN = { admin: true } as const;

/** What tests read of a return. */
export interface ReturnBody {
  return_id: string;
  status: string;
  reason: string | null;
  at: string;
  received_at: string | null;
  rejected_at: string | null;
  rejection_reason: string | null;
  requested: { product_id: string; variant_id: string; sku: string | null; name: string | null; quantity: number }[];
  items: { product_id: string; quantity: number; condition: string; warehouse_id: string }[];
}

/** What tests read of an order that can come back. */
export interface ReturnedOrder extends OrderBody {
  status: string;
  payment_status: string;
  amount_due: number;
  refund_due: number;
  events: { what: string; by: string; note: string | null; amount: number | null }[];
  returns: ReturnBody[];
}

/** A line of a return, as staff say it. */
export function back(productId: string, quantity: number, condition = "sellable") {
  return { product_id: productId, quantity, condition };
}

/** A line of a return, as a customer says it. */
export function wish(productId: string, quantity: number) {
  return { product_id: productId, quantity };
}

/** Returns by staff, or requests a return with the order's token. */
export async function giveBack<B = ReturnBody>(orderId: string, body: object, options: AskOptions = ADMIN): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/${orderId}/returns`, body, options));
}

/** Requests a return, and fails the test where it is refused. */
export async function requested(orderId: string, token: string, ...items: object[]): Promise<ReturnBody> {
  const { status, body } = await giveBack(orderId, { items, reason: "Too small" }, { token });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

export async function receive<B = ReturnedOrder>(
  orderId: string,
  returnId: string,
  body?: object,
  options: AskOptions = ADMIN,
): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/${orderId}/returns/${returnId}/receive`, body, options));
}

export async function reject<B = ReturnedOrder>(
  orderId: string,
  returnId: string,
  reason = "After 30 days",
  options: AskOptions = ADMIN,
): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/${orderId}/returns/${returnId}/reject`, { reason }, options));
}

/** Lists returns. @param query such as `status=requested` */
export async function listReturns(
  query: string,
): Promise<{ returns: (ReturnBody & { order_id: string; customer_name: string })[]; next_cursor: string | null }> {
  const { body } = await read<Awaited<ReturnType<typeof listReturns>>>(await get(`/api/v1/returns?${query}`, ADMIN));
  return body;
}

/** The returns of an order, as its customer sees them. */
export async function returnsOf(orderId: string, token: string): Promise<ReturnBody[]> {
  return (await show<ReturnedOrder>(orderId, { token })).body.returns;
}

/** A completed order of four units, half of them from BLR and half from MUM. */
export async function delivered(more: Record<string, unknown> = {}): Promise<{ orderId: string; token: string; rice: string }> {
  const rice = await inStock({ BLR: 2, MUM: 2 });
  const { order_id: orderId, order_token: token } = await placed(bodyOf([lineOf(rice, 4)], { postal_code: "560034", ...more }));
  for (const status of ["PROCESSING", "COMPLETED"]) await move(orderId, status);
  await vi.waitUntil(async () => Object.values(await unitsOf(rice)).every(([onHand]) => onHand === 0));
  return { orderId, token, rice };
}
