import type { Shipment } from "../../../src/stock/rules/messages.ts";
import { held, reserveRequest, stockWith } from "./stock.ts";

export const MUM = { warehouseId: "MUM" };

/** A shipment of units of variant `v` from BLR by default. */
export function shipmentOf(holdId: string, quantity: number, more: Partial<Shipment> = {}): Shipment {
  const lines = [{ variantId: "v", warehouseId: "BLR", quantity }];
  return { holdId, shipmentId: `ship:${holdId}`, lines, actor: "order", ...more };
}

/** A product with two units in BLR and four in MUM, of which an order bought two and three. */
export async function sold() {
  const own = await stockWith({ BLR: 2, MUM: 4 });
  const holdId = await held(own.stock, reserveRequest(5, { ranking: ["BLR", "MUM"] }));
  await own.stock.commit(holdId);
  return { ...own, holdId };
}
