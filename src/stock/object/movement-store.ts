import type { Place } from "../rules/levels.ts";
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

const MOVEMENT = `seq, kind, variant_id AS "variantId", warehouse_id AS "warehouseId", delta_on_hand AS "deltaOnHand",
  delta_reserved AS "deltaReserved", delta_allocated AS "deltaAllocated", on_hand_after AS "onHandAfter",
  reserved_after AS "reservedAfter", allocated_after AS "allocatedAfter", reason,
  reference_type AS "referenceType", reference_id AS "referenceId", external_reference AS "externalReference", actor, request_id AS "requestId",
  at_ms AS "atMs"`;

/** The movement of an adjustment, with the hash of its request. */
export interface AppliedAdjustment extends Movement {
  requestHash: string | null;
}

/** The SQL of the ledger: one row for each movement, in the order of their numbers. */
export class MovementStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Inserts one movement into the ledger. @param requestHash of an adjustment's request, else null  @returns it with its number */
  insert(movement: Omit<Movement, "seq">, requestHash: string | null): Movement {
    const query = `
      INSERT INTO movements (kind, variant_id, warehouse_id, delta_on_hand, delta_reserved, delta_allocated, on_hand_after,
        reserved_after, allocated_after, reason, reference_type, reference_id, external_reference, request_hash, actor, request_id, at_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`;
    const { seq } = this.#sql
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

  /** The number that the next movement gets. */
  nextSeq(): number {
    return this.#all<{ seq: number }>("SELECT coalesce(max(seq), 0) + 1 AS seq FROM movements")[0]?.seq ?? 1;
  }

  of(referenceId: string, kind: MovementKind): Movement[] {
    return this.#all<Movement>(`SELECT ${MOVEMENT} FROM movements WHERE reference_id = ? AND kind = ?`, referenceId, kind);
  }

  hasMoved(referenceId: string): boolean {
    return this.#all("SELECT 1 FROM movements WHERE reference_id = ? LIMIT 1", referenceId).length > 0;
  }

  /** The units of a sale that cancellations of parts of its order have put back; they refer to `hold/cancellation`. */
  restockedByParts(holdId: string, { variantId, warehouseId }: Place): number {
    const query = `SELECT coalesce(sum(delta_on_hand), 0) AS units FROM movements WHERE kind = 'restock'
      AND reference_id > ? AND reference_id < ? AND variant_id = ? AND warehouse_id = ?`;
    return this.#all<{ units: number }>(query, `${holdId}/`, `${holdId}0`, variantId, warehouseId)[0]?.units ?? 0;
  }

  appliedAdjustment(referenceId: string): AppliedAdjustment | undefined {
    return this.#all<AppliedAdjustment>(
      `SELECT ${MOVEMENT}, request_hash AS "requestHash" FROM movements WHERE reference_id = ? LIMIT 1`,
      referenceId,
    )[0];
  }

  #all<R extends object>(query: string, ...bindings: (string | number | null)[]): R[] {
    return this.#sql.exec(query, ...bindings).toArray() as unknown as R[];
  }
}
