import type { ExpiredUnits } from "../rules/cart-messages.ts";
import type { FlushSnapshot } from "../projection/flush-statements.ts";
import type { Level } from "../rules/levels.ts";
import type { Movement } from "../rules/messages.ts";

const MAX_LEVELS = 1_000;
const MAX_MOVEMENTS = 500;

/** Which movements D1 is told: those that change what is on hand, and a count that confirmed it. */
export const IS_PROJECTED = "(delta_on_hand <> 0 OR kind = 'count')";

/**
 * Whether something other than an order's reservation happened since the last flush (PROTOCOL F3): its levels travel in the order's own
 * batch, or it ends within minutes and that ending is what this finds. A cart's may stand for an hour.
 */
export function hasUnflushed(sql: SqlStorage): boolean {
  const query =
    "SELECT 1 FROM movements WHERE seq > (SELECT flushed_seq FROM flush_state) AND (kind <> 'reserve' OR reference_type = 'cart') LIMIT 1";
  return sql.exec(query).toArray().length > 0;
}

/** Takes every dirty level and the unflushed movements of what is on hand, each up to a bound; what is over goes next time. */
export function takeSnapshot(sql: SqlStorage): FlushSnapshot {
  const [state] = sql
    .exec<{ flushedSeq: number; lastSeq: number }>(
      `SELECT flushed_seq AS "flushedSeq", coalesce((SELECT max(seq) FROM movements), 0) AS "lastSeq" FROM flush_state`,
    )
    .toArray();
  const { flushedSeq, lastSeq } = state ?? { flushedSeq: 0, lastSeq: 0 };
  const levels = sql
    .exec(
      `SELECT variant_id AS "variantId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved, version
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
  const { lapsed, lapsedUpTo } = expiredSince(sql, flushedSeq, lastSeq);
  const movementsUpTo = movements.length < MAX_MOVEMENTS ? lastSeq : (movements.at(-1)?.seq ?? lastSeq);
  const upTo = Math.min(movementsUpTo, lapsedUpTo);
  return { levels, movements, expired: lapsed, flushedSeq: levels.length < MAX_LEVELS ? upTo : flushedSeq };
}

/** Units that carts lost by time: their movements refer to the cart's id and the number of its edit (PROTOCOL K0). */
function expiredSince(sql: SqlStorage, flushedSeq: number, lastSeq: number): { lapsed: ExpiredUnits[]; lapsedUpTo: number } {
  const query = `SELECT seq, reference_id AS "referenceId", variant_id AS "variantId", at_ms AS "atMs" FROM movements
    WHERE seq > ? AND kind = 'expire' AND reference_type = 'cart' ORDER BY seq LIMIT ?`;
  const found = sql
    .exec<{ seq: number; referenceId: string; variantId: string; atMs: number }>(query, flushedSeq, MAX_MOVEMENTS)
    .toArray();
  const lapsed = found.map(({ referenceId, variantId, atMs }): ExpiredUnits => {
    const [cartId = "", editNo] = referenceId.split("/");
    return { cartId, editNo: Number(editNo), variantId, atMs };
  });
  return { lapsed, lapsedUpTo: found.length < MAX_MOVEMENTS ? lastSeq : (found.at(-1)?.seq ?? lastSeq) };
}

/** Has every level and every movement sent again: the projection was found to lack some. Call it in one transaction. */
export function markAllUnflushed(sql: SqlStorage): void {
  sql.exec("UPDATE flush_state SET flushed_seq = 0");
  sql.exec("UPDATE levels SET flushed_version = 0");
}

/** Marks the snapshot's versions and movements as flushed, never the present ones. Call it in one transaction. */
export function markFlushed(sql: SqlStorage, snapshot: FlushSnapshot): void {
  sql.exec("UPDATE flush_state SET flushed_seq = ?", snapshot.flushedSeq);
  for (const { variantId, warehouseId, version } of snapshot.levels) {
    sql.exec("UPDATE levels SET flushed_version = ? WHERE variant_id = ? AND warehouse_id = ?", version, variantId, warehouseId);
  }
}
