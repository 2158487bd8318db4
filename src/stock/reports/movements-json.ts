import type { Cell } from "../../rules/csv.ts";
import type { ListedMovement } from "../rules/movement-list.ts";
import { movementIdOf } from "../rules/movement.ts";
import { ownerOf } from "../rules/reserve.ts";

/** Shows a movement of units on hand. A hold, and a shipment, whose reference begins with its hold, are shown as their order. */
export function toMovementJson(movement: ListedMovement) {
  const { productId, seq, referenceType: type, referenceId: id, deltaOnHand, onHandAfter } = movement;
  return {
    movement_id: movementIdOf(productId, seq),
    product_id: productId,
    variant_id: movement.variantId,
    kind: movement.kind,
    warehouse_id: movement.warehouseId,
    delta: deltaOnHand,
    previous_stock: onHandAfter - deltaOnHand,
    new_stock: onHandAfter,
    reason: movement.reason,
    reference_id: movement.externalReference,
    reference: type === "hold" || type === "shipment" ? ({ type: "order", id: ownerOf(id) } as const) : { type, id },
    actor: movement.actor,
    at: new Date(movement.atMs).toISOString(),
  };
}

/** The columns of `toMovementCells`. */
export const MOVEMENT_COLUMNS = [
  "movement_id",
  "product_id",
  "variant_id",
  "kind",
  "warehouse_id",
  "delta",
  "previous_stock",
  "new_stock",
  "reason",
  "reference_id",
  "reference_type",
  "reference",
  "actor",
  "at",
];

/** A movement as a CSV record; its reference takes two columns. */
export function toMovementCells(movement: ListedMovement): Cell[] {
  const { reference, actor, at, ...members } = toMovementJson(movement);
  return [...Object.values(members), reference.type, reference.id, actor, at];
}
