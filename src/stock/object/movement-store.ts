import type { Movement } from "../rules/messages.ts";

/** Inserts one movement into the ledger. @param requestHash of an adjustment's request, else null  @returns it with its number */
export function insertMovement(sql: SqlStorage, movement: Omit<Movement, "seq">, requestHash: string | null): Movement {
  const query = `
    INSERT INTO movements (kind, variant_id, warehouse_id, delta_on_hand, delta_reserved, on_hand_after, reserved_after, reason,
      reference_type, reference_id, external_reference, request_hash, actor, request_id, at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`;
  const { seq } = sql
    .exec<{ seq: number }>(
      query,
      movement.kind,
      movement.variantId,
      movement.warehouseId,
      movement.deltaOnHand,
      movement.deltaReserved,
      movement.onHandAfter,
      movement.reservedAfter,
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
