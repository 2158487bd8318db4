import type { Movement } from "./messages.ts";

/** A movement of the projection: one that changed what is on hand. */
export interface ListedMovement extends Omit<Movement, "deltaReserved" | "reservedAfter" | "requestId"> {
  productId: string;
}

/** Where a movement stands in the order of all: by time, then by product, then by the product's own count. */
export interface MovementKey {
  atMs: number;
  productId: string;
  seq: number;
}

/** What movements are searched for; all of it must hold. */
export interface MovementSearch {
  kind?: string | undefined;
  warehouseId?: string | undefined;
  actor?: string | undefined;
  /** From this time on. */
  fromMs?: number | undefined;
  /** Before this time. */
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
