import type { Movement } from "./messages.ts";

/** A movement in the projection: one that changed what is on hand. */
export interface ListedMovement extends Omit<
  Movement,
  "deltaReserved" | "deltaAllocated" | "reservedAfter" | "allocatedAfter" | "requestId"
> {
  productId: string;
}

/** The sort key of a movement: time, product, number within the product. */
export interface MovementKey {
  atMs: number;
  productId: string;
  seq: number;
}

/** The filters of the movement list; a movement must match all. */
export interface MovementSearch {
  kind?: string | undefined;
  warehouseId?: string | undefined;
  actor?: string | undefined;
  /** Inclusive. */
  fromMs?: number | undefined;
  /** Exclusive. */
  toMs?: number | undefined;
}

export function matchesMovement(movement: ListedMovement, search: MovementSearch): boolean {
  const { kind, warehouseId, actor, fromMs = 0, toMs = Infinity } = search;
  return (
    (kind === undefined || movement.kind === kind) &&
    (warehouseId === undefined || movement.warehouseId === warehouseId) &&
    (actor === undefined || movement.actor === actor) &&
    movement.atMs >= fromMs &&
    movement.atMs < toMs
  );
}
