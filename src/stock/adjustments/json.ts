import type { Movement } from "../rules/messages.ts";
import { movementIdOf } from "../rules/movement.ts";

/** Shows an adjustment and the level after it, as `adjustedSchema` promises it. */
export function toAdjustedJson(productId: string, movement: Movement) {
  const { seq, variantId, warehouseId, kind, deltaOnHand, onHandAfter, reservedAfter, allocatedAfter } = movement;
  return {
    product_id: productId,
    variant_id: variantId,
    warehouse_id: warehouseId,
    previous_stock: onHandAfter - deltaOnHand,
    new_stock: onHandAfter,
    current_stock: onHandAfter - reservedAfter - allocatedAfter,
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
