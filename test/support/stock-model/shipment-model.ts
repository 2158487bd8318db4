import type { Cancellation, Shipment } from "../../../src/stock/rules/messages.ts";
import { endCartInModel } from "./cart-model.ts";
import { endInModel, type ModelHold, type StockModel, unitsAt } from "./model.ts";

// The reference model of what becomes of sold units: as short as possible, and without any code of `src`.

export function shipInModel(model: StockModel, { holdId, shipmentId, lines }: Shipment): void {
  if (model.shipped[shipmentId]) return;
  model.shipped[shipmentId] = true;
  const hold = model.holds[holdId];
  if (hold?.state === "live") endCartInModel(model, holdId);
  endInModel(model, hold, "sold");
  for (const line of lines) {
    const row = hold?.rows.find((each) => each.variantId === line.variantId && each.warehouseId === line.warehouseId);
    if (!row) continue;
    row.quantity -= line.quantity;
    unitsAt(model, line).allocated -= line.quantity;
    unitsAt(model, line).onHand -= line.quantity;
  }
}

export function giveBackInModel(model: StockModel, hold: ModelHold | undefined): void {
  endInModel(model, hold, "over");
  if (hold?.state !== "sold") return;
  hold.state = "over";
  for (const row of hold.rows) unitsAt(model, row).allocated -= row.quantity;
}

export function cancelUnitsInModel(model: StockModel, { holdId, cancellationId, lines }: Cancellation): void {
  const hold = model.holds[holdId];
  if (!hold || hold.state === "over" || model.cancelled[cancellationId]) return;
  model.cancelled[cancellationId] = true;
  for (const line of lines) {
    const row = hold.rows.find((each) => each.variantId === line.variantId && each.warehouseId === line.warehouseId);
    if (!row) continue;
    row.quantity -= line.quantity;
    unitsAt(model, line)[hold.state === "live" ? "reserved" : "allocated"] -= line.quantity;
  }
  hold.rows = hold.rows.filter(({ quantity }) => quantity > 0);
  if (hold.rows.length === 0) hold.state = "over";
}
