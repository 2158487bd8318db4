import { env } from "cloudflare:workers";
import type { Deps } from "../../../src/deps.ts";
import { Refusal } from "../../../src/errors.ts";
import { createTransfer } from "../../../src/stock/transfers/create-transfer.ts";
import { type Recalled, recallTransfer } from "../../../src/stock/transfers/recall-transfer.ts";
import { type ReceiptRequest, receiveTransfer, type Received } from "../../../src/stock/transfers/receive-transfer.ts";
import type { Transfer } from "../../../src/stock/rules/transfer.ts";
import { type AskOptions, get, post } from "../http/requests.ts";
import type { ProblemBody } from "../orders/http.ts";
import { stocked as stockedNow } from "../orders/orders.ts";

const TRANSFERS = "/api/v1/inventory/transfers";

/** The members of a transfer that tests read. */
export interface TransferBody extends ProblemBody {
  transfer_id: string;
  items: { product_id: string; variant_id: string; quantity: number; received: number; missing: number; returned: number }[];
  receipt_id?: string;
}

interface Answer {
  status: number;
  headers: Headers;
  body: TransferBody;
}

/** The body of a transfer of units of each product from BLR to MUM. */
export function transferBody(units: Record<string, number>, more: Record<string, unknown> = {}) {
  const items = Object.entries(units).map(([product_id, quantity]) => ({ product_id, quantity }));
  return { from_warehouse_id: "BLR", to_warehouse_id: "MUM", items, ...more };
}

export function sendTransfer(body: unknown, options: AskOptions = { admin: true }): Promise<Answer> {
  return read(post(TRANSFERS, body, options));
}

/** Sends a transfer; fails the test if it is refused. */
export async function sent(units: Record<string, number>): Promise<TransferBody> {
  const { status, body } = await sendTransfer(transferBody(units));
  if (status !== 201) throw new Error(`The transfer was refused: ${JSON.stringify(body)}`);
  return body;
}

export function receive(transferId: string, body: unknown, options: AskOptions = { admin: true }): Promise<Answer> {
  return read(post(`${TRANSFERS}/${transferId}/receipts`, body, options));
}

export function recall(transferId: string, body: unknown = {}, options: AskOptions = { admin: true }): Promise<Answer> {
  return read(post(`${TRANSFERS}/${transferId}/recall`, body, options));
}

export function showTransfer(transferId: string, options: AskOptions = { admin: true }): Promise<Answer> {
  return read(get(`${TRANSFERS}/${transferId}`, options));
}

/** Lists transfers. @param query such as `?limit=2` */
export async function listTransfers(query = ""): Promise<{ transfers: { transfer_id: string }[]; next_cursor: string | null }> {
  return (await get(`${TRANSFERS}${query}`, { admin: true })).json();
}

async function read(response: Promise<Response>): Promise<Answer> {
  const { status, headers, ...answer } = await response.then(async (each) => ({
    status: each.status,
    headers: each.headers,
    body: await each.json<TransferBody>(),
  }));
  return { status, headers, ...answer };
}

/** The result of a verb: its answer, or the code of the refusal; any other error fails the test. */
async function outcomeOf<T>(attempt: Promise<T>): Promise<T | { code: string }> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code };
    throw error;
  }
}

const keyed = (key: string | undefined) => (key === undefined ? undefined : { id: key, requestHash: `hash of ${key}` });

/** Sends units of each product from BLR to MUM, with the given deps. */
export function transferBy(
  deps: Deps,
  units: Record<string, number>,
  key?: string,
): Promise<{ transfer: Transfer; replayed: boolean } | { code: string }> {
  const items = Object.entries(units).map(([productId, quantity]) => ({ productId, quantity }));
  const words = { reason: null, reference: null };
  return outcomeOf(createTransfer(deps, keyed(key), { fromWarehouseId: "BLR", toWarehouseId: "MUM", items, ...words }));
}

/** Receives units of each product, with the given deps. */
export function receiveBy(
  deps: Deps,
  transferId: string,
  units: Record<string, number>,
  more: Partial<ReceiptRequest> & { key?: string } = {},
): Promise<Received | { code: string }> {
  const { key, ...rest } = more;
  const items = Object.entries(units).map(([productId, quantity]) => ({ productId, quantity }));
  return outcomeOf(receiveTransfer(deps, keyed(key), transferId, { items, isComplete: false, note: null, ...rest }));
}

/** Recalls a transfer, with the given deps. */
export function recallBy(deps: Deps, transferId: string, key?: string): Promise<Recalled | { code: string }> {
  return outcomeOf(recallTransfer(deps, keyed(key), transferId, null));
}

/** Sends two units of each product, by a Worker without trouble. @returns the id of the transfer */
export async function sentBy(deps: Deps, productIds: readonly string[]): Promise<string> {
  const answer = await transferBy(deps, Object.fromEntries(productIds.map((productId) => [productId, 2])));
  if (!("transfer" in answer)) throw new Error(answer.code);
  return answer.transfer.transferId;
}

/** Two products with units in BLR, and what the invariants need to know about them. @param stocked makes each */
export async function twoProducts(units: number, stocked = stockedNow) {
  const productIds = [await stocked(units), await stocked(units)];
  return { productIds, received: new Map(productIds.map((productId) => [productId, units])) };
}

/** On hand in each warehouse. */
export async function onHand(productId: string): Promise<Record<string, number>> {
  const levels = await env.STOCK.getByName(productId).levels();
  return Object.fromEntries(levels.map((level) => [level.warehouseId, level.onHand]));
}

/** The statuses of the transfers of a product. */
export async function statusesOf(productId: string): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT status FROM transfers JOIN transfer_items USING (transfer_id) WHERE product_id = ? ORDER BY status",
  )
    .bind(productId)
    .all<{ status: string }>();
  return results.map(({ status }) => status);
}
