import type { Adjustment, Arrival, Cancellation, Dispatch, ReserveRequest, Shipment } from "../../../src/stock/rules/messages.ts";
import { cancelUnitsInModel, giveBackInModel, shipInModel } from "./shipment-model.ts";
import { applyToCarts, type CartCall, endCartInModel, returnToCartInModel, isCartCall, expireInModel } from "./cart-model.ts";

/** Units of one variant in one warehouse, as the reference model counts them. */
export interface ModelUnits {
  onHand: number;
  reserved: number;
  allocated: number;
}

export interface ModelRow {
  variantId: string;
  warehouseId: string;
  quantity: number;
}

export interface ModelHold {
  /** What it reserves, or what is sold and has not left. */
  rows: ModelRow[];
  state: "live" | "sold" | "over";
  dueAtMs: number;
  /** For a checkout: when its cart's own reservation ends, by variant; absent for variants that the cart did not have. */
  cartDue?: Record<string, number>;
}

interface ModelCart {
  rows: (ModelRow & { dueAtMs: number })[];
  /** The newest edit of each variant. */
  seen: Record<string, number>;
  /** The newest generation that took units. */
  generation: number;
}

/** The reference model of a product's object: as short as possible, and without any code of `src`. */
export interface StockModel {
  levels: Record<string, ModelUnits>;
  holds: Record<string, ModelHold>;
  /** The payment deadline of D1's orders by hold; `undefined` for cash on delivery. */
  orders: Record<string, { payByMs: number | undefined }>;
  adjusted: Record<string, { requestHash: string; outcome: "moved" | "units_reserved" }>;
  arrived: Record<string, true>;
  shipped: Record<string, true>;
  cancelled: Record<string, true>;
  transfers: Record<string, { rows: ModelRow[]; state: "out" | "over" }>;
  carts: Record<string, ModelCart>;
}

/** A call of the object, kept so that it can be repeated at any later time. */
export type StockCall =
  | { to: "reserve"; request: ReserveRequest }
  | { to: "commit" | "release" | "cancelHold"; holdId: string }
  | { to: "keep"; holdId: string; untilMs: number }
  | { to: "adjust"; adjustment: Adjustment }
  | { to: "bringIn"; arrival: Arrival }
  | { to: "dispatch"; dispatch: Dispatch }
  | { to: "ship"; shipment: Shipment }
  | { to: "cancelUnits"; cancellation: Cancellation }
  | { to: "takeBack"; transferId: string }
  | { to: "resend" }
  | CartCall;

/** @returns the answer that the object must give */
export function applyToModel(model: StockModel, call: StockCall, nowMs: number): unknown {
  expireInModel(model, nowMs);
  if (isCartCall(call)) return applyToCarts(model, call, nowMs);
  if (call.to === "reserve") return reserve(model, call.request, nowMs);
  if (call.to === "adjust") return adjust(model, call.adjustment);
  if (call.to === "dispatch") return dispatchUnits(model, call.dispatch, nowMs);
  if (call.to === "takeBack") return takeBack(model, call.transferId);
  if (call.to === "ship") return shipInModel(model, call.shipment);
  if (call.to === "cancelUnits") return cancelUnitsInModel(model, call.cancellation);
  if (call.to === "bringIn") return bringIn(model, call.arrival);
  if (call.to === "resend") return undefined;
  return applyToHold(model, call);
}

function applyToHold(model: StockModel, call: Extract<StockCall, { holdId: string }>): undefined {
  const hold = model.holds[call.holdId];
  if (hold?.state === "live") endCartInModel(model, call.holdId);
  if (call.to === "keep" && hold?.state === "live") hold.dueAtMs = call.untilMs;
  else if (call.to === "commit") endInModel(model, hold, "sold");
  else if (call.to === "release") endInModel(model, hold, "over");
  else if (call.to === "cancelHold") giveBackInModel(model, hold);
}

/** The alarm: overdue holds end as D1 decides. */
export function resolveInModel(model: StockModel, nowMs: number): void {
  for (const [holdId, hold] of Object.entries(model.holds)) {
    if (hold.state !== "live" || hold.dueAtMs > nowMs) continue;
    const order = model.orders[holdId];
    if (order) endCartInModel(model, holdId);
    if (order && order.payByMs === undefined) endInModel(model, hold, "sold");
    else if (order?.payByMs !== undefined && order.payByMs > nowMs) hold.dueAtMs = order.payByMs;
    else if (hold.cartDue && !order) returnToCartInModel(model, holdId, nowMs);
    else endInModel(model, hold, "over");
  }
}

function reserve(model: StockModel, { holdId, lines, ranking, policy }: ReserveRequest, nowMs: number): unknown {
  const known = model.holds[holdId];
  if (known) return known.state === "live" ? { outcome: "reserved", allocations: sorted(known.rows) } : { outcome: "ended" };
  const able = policy === "nearest" ? ranking.slice(0, 1) : ranking;
  const rows = lines.flatMap(({ variantId, quantity }) => {
    const free = able.map((warehouseId) => ({ variantId, warehouseId, quantity: freeAt(model, { variantId, warehouseId }) }));
    const whole = free.find((row) => row.quantity >= quantity);
    if (whole) return [{ ...whole, quantity }];
    let missing = policy === "nearest_available" ? quantity : 0;
    return free.map((row) => {
      const taken = Math.min(missing, row.quantity);
      missing -= taken;
      return { ...row, quantity: taken };
    });
  });
  if (total(rows) < total(lines)) return { outcome: "short" };
  const taken = rows.filter((row) => row.quantity > 0);
  for (const row of taken) unitsAt(model, row).reserved += row.quantity;
  model.holds[holdId] = { rows: taken, state: "live", dueAtMs: nowMs + 120_000 };
  return { outcome: "reserved", allocations: sorted(taken) };
}

function adjust(model: StockModel, { kind, quantity, referenceId, requestHash, ...place }: Adjustment): unknown {
  const earlier = model.adjusted[referenceId];
  if (earlier) return { outcome: earlier.requestHash === requestHash ? earlier.outcome : "reference_reused" };
  const units = unitsAt(model, place);
  const onHand = { receive: units.onHand + quantity, count: quantity }[kind as string] ?? units.onHand - quantity;
  const outcome = onHand < units.reserved + units.allocated ? "units_reserved" : "moved";
  if (outcome === "moved") units.onHand = onHand;
  model.adjusted[referenceId] = { requestHash, outcome };
  return { outcome };
}

function dispatchUnits(model: StockModel, { transferId, warehouseId, lines, byMs }: Dispatch, nowMs: number): unknown {
  const known = model.transfers[transferId];
  if (known) return { outcome: known.state === "out" ? "dispatched" : "ended" };
  if (nowMs > byMs) return { outcome: "ended" };
  const rows = lines.map((line) => ({ ...line, warehouseId }));
  if (rows.some((row) => freeAt(model, row) < row.quantity)) return { outcome: "units_reserved" };
  for (const row of rows) unitsAt(model, row).onHand -= row.quantity;
  model.transfers[transferId] = { rows, state: "out" };
  return { outcome: "dispatched" };
}

function takeBack(model: StockModel, transferId: string): void {
  const known = model.transfers[transferId];
  if (known?.state === "out") for (const row of known.rows) unitsAt(model, row).onHand += row.quantity;
  model.transfers[transferId] = { rows: [], state: "over" };
}

function bringIn(model: StockModel, { kind, referenceId, lines }: Arrival): void {
  if (model.arrived[`${kind} ${referenceId}`]) return;
  model.arrived[`${kind} ${referenceId}`] = true;
  for (const row of lines) unitsAt(model, row).onHand += row.quantity;
}

export function endInModel(model: StockModel, hold: ModelHold | undefined, state: "sold" | "over"): void {
  if (hold?.state !== "live") return;
  hold.state = state;
  for (const row of hold.rows) {
    unitsAt(model, row).reserved -= row.quantity;
    if (state === "sold") unitsAt(model, row).allocated += row.quantity;
  }
}

export function unitsAt(model: StockModel, place: { variantId: string; warehouseId: string }): ModelUnits {
  return (model.levels[`${place.variantId} ${place.warehouseId}`] ??= { onHand: 0, reserved: 0, allocated: 0 });
}

export function freeAt(model: StockModel, place: { variantId: string; warehouseId: string }): number {
  const { onHand, reserved, allocated } = unitsAt(model, place);
  return onHand - reserved - allocated;
}

export function total(rows: readonly { quantity: number }[]): number {
  return rows.reduce((sum, row) => sum + row.quantity, 0);
}

export function sorted(rows: readonly ModelRow[]): ModelRow[] {
  return rows.toSorted((a, b) => (`${a.variantId} ${a.warehouseId}` < `${b.variantId} ${b.warehouseId}` ? -1 : 1));
}
