import type { Movement } from "../rules/messages.ts";
import type { MovementKind } from "../rules/movement.ts";

/** Everything a movement records beside its place and quantity. */
export interface Cause {
  kind: MovementKind;
  referenceType: Movement["referenceType"];
  referenceId: string;
  externalReference?: string | null;
  requestHash?: string;
  reason?: string | null;
  actor: string;
  requestId?: string | undefined;
  atMs: number;
}

/** Inserts one movement into the ledger. @param requestHash of an adjustment's request, else null  @returns it with its number */
export function insertMovement(sql: SqlStorage, movement: Omit<Movement, "seq">, requestHash: string | null): Movement {
  const query = `
    INSERT INTO movements (kind, variant_id, warehouse_id, delta_on_hand, delta_reserved, delta_allocated, on_hand_after,
      reserved_after, allocated_after, reason, reference_type, reference_id, external_reference, request_hash, actor, request_id, at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`;
  const { seq } = sql
    .exec<{ seq: number }>(
      query,
      movement.kind,
      movement.variantId,
      movement.warehouseId,
      movement.deltaOnHand,
      movement.deltaReserved,
      movement.deltaAllocated,
      movement.onHandAfter,
      movement.reservedAfter,
      movement.allocatedAfter,
      movement.reason,
      movement.referenceType,
      movement.referenceId,
      movement.externalReference,
      requestHash,
      movement.actor,
      movement.requestId,
      movement.atMs,
    )
    .one();
  return { ...movement, seq };
}
