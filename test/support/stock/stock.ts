import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Level } from "../../../src/stock/rules/levels.ts";
import type { Adjustment, Difference, ReserveRequest } from "../../../src/stock/rules/messages.ts";
import type { StockCalls } from "../../../src/stock/rules/stock-calls.ts";
import { newId } from "../shop/shop.ts";

/** How long a hold lasts while its order is being placed. */
export const TENTATIVE_MS = 120_000;
export const FLUSH_MS = 1_000;
/** The delay after sales only: ten intervals. */
export const LAZY_FLUSH_MS = 10_000;

// Far ahead of the real clock, so that no alarm runs except those that a test runs.
const NOW_MS = Date.UTC(2040, 0, 1);

/** Stops the clock; from now on only `advanceTime` moves it. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
}

export function advanceTime(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** A new product and its object. */
export function newStock(): { productId: string; stock: StockCalls } {
  const productId = newId("stock");
  return { productId, stock: stockOf(productId) };
}

/** A product's object, called as the Worker calls it. */
export function stockOf(productId: string): StockCalls {
  return env.STOCK.getByName(productId);
}

/**
 * Makes a call that has to fail, within the object: workerd reports a failure that leaves the object as nobody's too.
 * @returns the text of the failure; empty where there was none
 */
export function failureOf(productId: string, call: (stock: StockCalls) => Promise<unknown>): Promise<string> {
  return runInDurableObject(env.STOCK.getByName(productId), (object: StockCalls) => call(object).then(() => "", String));
}

/** The id of a new hold, of a new order by default. */
export function newHold(orderId = newId("ORD")): string {
  return `${orderId}.${crypto.randomUUID().slice(0, 8)}`;
}

/** A request for one unit of variant `v` from BLR under a new hold by default. */
export function reserveRequest(quantity = 1, more: Partial<ReserveRequest> & { variantId?: string } = {}): ReserveRequest {
  const { variantId = "v", ...rest } = more;
  const lines = [{ variantId, quantity }];
  return { holdId: newHold(), lines, ranking: ["BLR"], policy: "nearest_available", waitMs: 0, ...rest };
}

/** A manual adjustment of variant `v` in BLR under a new reference by default. */
export function adjustment(kind: Adjustment["kind"], quantity: number, more: Partial<Adjustment> = {}): Adjustment {
  const place = { variantId: "v", warehouseId: "BLR" };
  const words = { externalReference: null, reason: null, actor: "staff" };
  return { ...place, ...words, kind, quantity, referenceId: newId("ref"), requestHash: "hash", ...more };
}

/** A new product with units of variant `v` in BLR, or in the given warehouses. */
export async function stockWith(units: number | Record<string, number>): Promise<{ productId: string; stock: StockCalls }> {
  const own = newStock();
  const places = typeof units === "number" ? { BLR: units } : units;
  for (const [warehouseId, quantity] of Object.entries(places)) {
    await own.stock.adjust(adjustment("receive", quantity, { warehouseId }));
  }
  return own;
}

/** Reserves; fails the test if that is refused. @returns the hold */
export async function held(stock: StockCalls, request: ReserveRequest = reserveRequest()): Promise<string> {
  const answer = await stock.reserve(request);
  if (answer.outcome !== "reserved") throw new Error(`The reservation was answered ${JSON.stringify(answer)}`);
  return request.holdId;
}

/** A product whose hold on two of five units is overdue. */
export async function overdue(orderId?: string): Promise<{ productId: string; stock: StockCalls; holdId: string }> {
  const own = await stockWith(5);
  const holdId = await held(own.stock, reserveRequest(2, { holdId: newHold(orderId) }));
  advanceTime(TENTATIVE_MS);
  return { ...own, holdId };
}

/** `[on hand, reserved]` of a variant in a warehouse, from the object; and how many are allocated, where some are. */
export async function unitsOf(stock: StockCalls, place: { variantId?: string; warehouseId?: string } = {}): Promise<number[]> {
  const { variantId = "v", warehouseId = "BLR" } = place;
  const level = (await stock.levels()).find((each) => each.variantId === variantId && each.warehouseId === warehouseId);
  if (!level) return [];
  const { onHand, reserved, allocated } = level;
  return allocated > 0 ? [onHand, reserved, allocated] : [onHand, reserved];
}

/** Runs the alarm. @returns whether one was set */
export function runAlarm(productId: string): Promise<boolean> {
  return runDurableObjectAlarm(env.STOCK.getByName(productId));
}

/** Milliseconds until the object's alarm; `null` if none is set. */
export function msToAlarm(productId: string): Promise<number | null> {
  return runInDurableObject(env.STOCK.getByName(productId), async (_, state) => {
    const atMs = await state.storage.getAlarm();
    return atMs === null ? null : atMs - Date.now();
  });
}

/** Evicts the object, which loses its memory and keeps its storage. */
export function evict(productId: string): Promise<void> {
  return evictDurableObject(env.STOCK.getByName(productId));
}

/** All levels and the differences of the audit, in one call. */
export function stateOf(productId: string): Promise<{ levels: Level[]; differences: Difference[] }> {
  return runInDurableObject(env.STOCK.getByName(productId), async (object) => ({
    levels: await object.levels(),
    differences: await object.audit(),
  }));
}

/** Runs SQL in the object's own storage. */
export function sqlIn<R extends object>(productId: string, query: string, ...bindings: (string | number)[]): Promise<R[]> {
  return runInDurableObject(
    env.STOCK.getByName(productId),
    (_, state) => state.storage.sql.exec(query, ...bindings).toArray() as unknown as R[],
  );
}

/** The kinds and quantities of the movements under a reference, and of the lapses under a cart's edit, oldest first. */
export async function movementsOf(productId: string, referenceId: string): Promise<string[]> {
  const query = `SELECT kind, max(abs(delta_on_hand), abs(delta_reserved), abs(delta_allocated)) AS units
    FROM movements WHERE reference_id = ?1 OR kind <> 'ship' AND substr(reference_id, 1, length(?1) + 1) = ?1 || '/' ORDER BY seq`;
  const rows = await sqlIn<{ kind: string; units: number }>(productId, query, referenceId);
  return rows.map(({ kind, units }) => `${kind} ${units}`);
}

/** Runs SQL in D1. */
export async function sqlInD1<R extends object>(query: string, ...bindings: (string | number | null)[]): Promise<R[]> {
  const { results } = await env.DB.prepare(query)
    .bind(...bindings)
    .all<R>();
  return results;
}

/** D1's copy of a product's levels, in the object's form. */
export function projectionOf(productId: string): Promise<Level[]> {
  return sqlInD1(
    `SELECT variant_id AS variantId, warehouse_id AS warehouseId, on_hand AS onHand, reserved, allocated, version
     FROM stock_levels WHERE product_id = ? ORDER BY variant_id, warehouse_id`,
    productId,
  );
}

/** Inserts the row of an order that records a hold: cash on delivery, unless a payment deadline is given. */
export async function recordOrder(
  holdId: string,
  fields: { paymentStatus?: string; payByMs?: number; status?: string; orderId?: string } = {},
): Promise<void> {
  const {
    paymentStatus = "cod",
    payByMs = null,
    status = "PENDING",
    orderId = holdId.slice(0, holdId.lastIndexOf(".")),
  } = fields;
  const text = {
    order_id: orderId,
    hold_id: holdId,
    status,
    payment_status: paymentStatus,
    payment_method: "cod",
    request_hash: "",
  };
  const shop = { customer_name: "Asha", country: "IN", delivery_method: "curbside", ranked_by: "fixed", currency: "INR" };
  const numbers = {
    subtotal_minor: 0,
    delivery_cost_minor: 0,
    total_minor: 0,
    estimated_delivery_at_ms: 0,
    created_at_ms: 0,
    updated_at_ms: 0,
  };
  const row = { ...text, ...shop, ...numbers, payment_due_at_ms: payByMs };
  const names = Object.keys(row);
  await sqlInD1(`INSERT INTO orders (${names.join()}) VALUES (${names.map(() => "?").join()})`, ...Object.values(row));
}
