import type { Movement } from "../rules/messages.ts";
import type { OrderUnits } from "../rules/shortage-messages.ts";
import { movementIdOf } from "../rules/movement.ts";

/** Shows an adjustment, the level after it and what orders lost by it, as `adjustedSchema` promises it. */
export function toAdjustedJson(productId: string, movement: Movement, cut: readonly OrderUnits[] = []) {
  const { seq, variantId, warehouseId, kind, deltaOnHand, onHandAfter, reservedAfter, allocatedAfter } = movement;
  return {
    product_id: productId,
    variant_id: variantId,
    warehouse_id: warehouseId,
    previous_stock: onHandAfter - deltaOnHand,
    new_stock: onHandAfter,
    current_stock: onHandAfter - reservedAfter - allocatedAfter,
    short_orders: cut.map(({ orderId, quantity }) => ({ order_id: orderId, quantity })),
    movement: {
      movement_id: movementIdOf(productId, seq),
      kind,
      delta_on_hand: deltaOnHand,
      reason: movement.reason,
      reference_id: movement.externalReference,
      actor: movement.actor,
      at: new Date(movement.atMs).toISOString(),
    },
  };
}
