import { env } from "cloudflare:workers";
import { type AskOptions, get, post } from "../http/requests.ts";
import { product, receive } from "../shop/shop.ts";

export const ORDERS = "/api/v1/orders";

/** An answer, read. */
export interface Answer<B = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: B;
}

/** What tests read of an order. */
export interface OrderBody {
  order_id: string;
  order_token: string;
  created_at: string;
  items: { allocations: { warehouse_id: string; quantity: number }[] }[];
  [field: string]: unknown;
}

export interface ProblemBody {
  code: string;
  status: number;
  errors?: { field: string; message: string }[];
  stock_errors?: { message: string }[];
  [field: string]: unknown;
}

/** A line of an order. */
export function lineOf(productId: string, quantity: number, variantId?: string) {
  return { product_id: productId, quantity, ...(variantId === undefined ? {} : { variant_id: variantId }) };
}

/** The least that makes an order; a product alone is one unit of it. */
export function bodyOf(lines: (string | ReturnType<typeof lineOf>)[], more: Record<string, unknown> = {}) {
  return { customer_name: "Asha", items: lines.map((line) => (typeof line === "string" ? lineOf(line, 1) : line)), ...more };
}

/** Sends an order; a string is sent as it is. */
export async function send<B = ProblemBody>(body: unknown, options: AskOptions = {}): Promise<Answer<B>> {
  return read<B>(await post(ORDERS, body, options));
}

/** Places an order, and fails the test where it is refused. */
export async function placed(body: unknown, options: AskOptions = {}): Promise<OrderBody> {
  const answer = await send<OrderBody>(body, options);
  if (answer.status !== 201) throw new Error(`The order was refused: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function show<B = OrderBody>(orderId: string, options: AskOptions = {}): Promise<Answer<B>> {
  return read<B>(await get(`${ORDERS}/${orderId}`, options));
}

export async function cancel<B = OrderBody>(orderId: string, options: AskOptions = {}): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/${orderId}/cancel`, undefined, options));
}

/** Reads an answer whose body is JSON. */
export async function read<B = Record<string, unknown>>(response: Response): Promise<Answer<B>> {
  return { status: response.status, headers: response.headers, body: await response.json<B>() };
}

/** Makes a product with units in warehouses. @param fields go into the request that creates it */
export async function inStock(units: number | Record<string, number>, fields: Record<string, unknown> = {}): Promise<string> {
  const { productId } = await product(fields);
  const places = typeof units === "number" ? { BLR: units } : units;
  for (const [warehouseId, quantity] of Object.entries(places)) await receive(productId, quantity, { warehouseId });
  return productId;
}

/** Makes a product with units in BLR, some of them reserved by an order that waits for its payment. */
export async function inStockReserved(units: number, reserved: number): Promise<string> {
  const productId = await inStock(units);
  await placed({ customer_name: "Asha", payment_method: "card", item: productId, quantity: reserved });
  return productId;
}

/**
 * `[on hand, reserved]` in each warehouse where a product was ever counted; and how many are allocated, where some are.
 */
export async function unitsOf(productId: string): Promise<Record<string, number[]>> {
  const levels = await env.STOCK.getByName(productId).levels();
  const units = levels.map(({ warehouseId, onHand, reserved, allocated }): [string, number[]] => [
    warehouseId,
    allocated > 0 ? [onHand, reserved, allocated] : [onHand, reserved],
  ]);
  return Object.fromEntries(units);
}

const WRITTEN = ["orders", "order_items", "order_allocations", "fences", "stock_actions", "idempotency"];

/** Everything that placing an order can write: how many rows there are in D1, and the units of products. */
export async function footprint(...productIds: string[]) {
  const counts = await env.DB.batch<{ rows: number }>(
    WRITTEN.map((table) => env.DB.prepare(`SELECT count(*) AS rows FROM ${table}`)),
  );
  return {
    rows: counts.map(({ results }, index) => [WRITTEN[index], results[0]?.rows]),
    units: await Promise.all(productIds.map(unitsOf)),
  };
}

/** A key that no other test has, long enough for a guest. */
export function newKey(): string {
  return crypto.randomUUID();
}
