import { Refusal } from "../../errors.ts";
import type { Order } from "../rules/order.ts";
import { shortUnits } from "../rules/shipping.ts";

/** @throws Refusal `order_short` for an order of which units were not on the shelf */
export function refuseShort(order: Pick<Order, "status" | "allocations">): void {
  const short = shortUnits(order);
  if (short.length === 0) return;
  const lines = short.map((units) => ({ line_no: units.lineNo, warehouse_id: units.warehouseId, quantity: units.quantity }));
  const units = short.reduce((sum, { quantity }) => sum + quantity, 0);
  throw new Refusal("order_short", `${units} units of the order were not on the shelf. Allocate or cancel them.`, {
    members: { short: lines },
  });
}
