import type { ExpiredUnits } from "../rules/cart-messages.ts";
import type { FlushSnapshot } from "../projection/flush-statements.ts";
import type { Level } from "../rules/levels.ts";
import type { Movement } from "../rules/messages.ts";

const MAX_LEVELS = 1_000;
const MAX_MOVEMENTS = 500;

/** The movements that D1 keeps: those that change what is on hand, and counts that confirmed it. */
export const IS_PROJECTED = "(delta_on_hand <> 0 OR kind = 'count')";

/**
 * Whether D1 lacks any movement other than an order's reservation (F3). The levels after a reservation are written by the order's own
 * batch, or the hold ends within minutes, which is a movement too. A cart's reservation may last an hour, so it is flushed.
 */
export function hasUnflushed(sql: SqlStorage): boolean {
  const query =
    "SELECT 1 FROM movements WHERE seq > (SELECT flushed_seq FROM flush_state) AND (kind <> 'reserve' OR reference_type = 'cart') LIMIT 1";
  return sql.exec(query).toArray().length > 0;
}

/** Reads the changed levels and unflushed movements, each up to a limit; the next flush sends the rest. */
export function takeSnapshot(sql: SqlStorage): FlushSnapshot {
  const [state] = sql
    .exec<{ flushedSeq: number; lastSeq: number }>(
      `SELECT flushed_seq AS "flushedSeq", coalesce((SELECT max(seq) FROM movements), 0) AS "lastSeq" FROM flush_state`,
    )
    .toArray();
  const { flushedSeq, lastSeq } = state ?? { flushedSeq: 0, lastSeq: 0 };
  const levels = sql
    .exec(
      `SELECT variant_id AS "variantId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved, allocated, version
       FROM levels WHERE version > flushed_version LIMIT ?`,
      MAX_LEVELS,
    )
    .toArray() as unknown as Level[];
  const movements = sql
    .exec(
      `SELECT seq, kind, variant_id AS "variantId", warehouse_id AS "warehouseId", delta_on_hand AS "deltaOnHand",
         on_hand_after AS "onHandAfter", reason, reference_type AS "referenceType", reference_id AS "referenceId",
         external_reference AS "externalReference", actor, request_id AS "requestId", at_ms AS "atMs"
       FROM movements WHERE seq > ? AND ${IS_PROJECTED} ORDER BY seq LIMIT ?`,
      flushedSeq,
      MAX_MOVEMENTS,
    )
    .toArray() as unknown as Movement[];
  const { expired, expiredUpTo } = expiredSince(sql, flushedSeq, lastSeq);
  const movementsUpTo = movements.length < MAX_MOVEMENTS ? lastSeq : (movements.at(-1)?.seq ?? lastSeq);
  const upTo = Math.min(movementsUpTo, expiredUpTo);
  return { levels, movements, expired, flushedSeq: levels.length < MAX_LEVELS ? upTo : flushedSeq };
}

/** The expired cart reservations since the last flush; their movements refer to `cart id/edit number/movement` (K0). */
function expiredSince(sql: SqlStorage, flushedSeq: number, lastSeq: number): { expired: ExpiredUnits[]; expiredUpTo: number } {
  const query = `SELECT seq, reference_id AS "referenceId", variant_id AS "variantId", at_ms AS "atMs" FROM movements
    WHERE seq > ? AND kind = 'expire' AND reference_type = 'cart' ORDER BY seq LIMIT ?`;
  const movements = sql
    .exec<{ seq: number; referenceId: string; variantId: string; atMs: number }>(query, flushedSeq, MAX_MOVEMENTS)
    .toArray();
  const expired = movements.map(({ referenceId, variantId, atMs }): ExpiredUnits => {
    const [cartId = "", editNo] = referenceId.split("/");
    return { cartId, editNo: Number(editNo), variantId, atMs };
  });
  return { expired, expiredUpTo: movements.length < MAX_MOVEMENTS ? lastSeq : (movements.at(-1)?.seq ?? lastSeq) };
}

/** Marks every level and movement as not flushed, because D1 lacks some. Call it inside a transaction. */
export function markAllUnflushed(sql: SqlStorage): void {
  sql.exec("UPDATE flush_state SET flushed_seq = 0");
  sql.exec("UPDATE levels SET flushed_version = 0");
}

/** Marks what the snapshot contained as flushed; later changes stay unflushed (F2). Call it inside a transaction. */
export function markFlushed(sql: SqlStorage, snapshot: FlushSnapshot): void {
  sql.exec("UPDATE flush_state SET flushed_seq = ?", snapshot.flushedSeq);
  for (const { variantId, warehouseId, version } of snapshot.levels) {
    sql.exec("UPDATE levels SET flushed_version = ? WHERE variant_id = ? AND warehouse_id = ?", version, variantId, warehouseId);
  }
}
