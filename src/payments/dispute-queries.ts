import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import { rowJson } from "../db/json.ts";
import type { DisputeRow } from "./rules/dispute.ts";
import { disputes } from "./tables.ts";

/** Reads a dispute. */
export function findDispute(disputeId: string): Query<DisputeRow | undefined> {
  const found = row<{ dispute: string }>(
    sql`SELECT ${rowJson(disputes)} AS "dispute" FROM ${disputes} WHERE dispute_id = ${disputeId}`,
  );
  return {
    statement: found.statement,
    read: (result) => {
      const read = found.read(result);
      return read && (JSON.parse(read.dispute) as DisputeRow);
    },
  };
}

/** Reads the disputes of an order, oldest first. */
export function findDisputes(orderId: string): Query<DisputeRow[]> {
  const found = rows<{ dispute: string }>(sql`
    SELECT ${rowJson(disputes)} AS "dispute" FROM ${disputes} WHERE order_id = ${orderId}`);
  return {
    statement: found.statement,
    read: (result) => {
      const read = found.read(result).map(({ dispute }) => JSON.parse(dispute) as DisputeRow);
      return read.toSorted((a, b) => a.openedAtMs - b.openedAtMs);
    },
  };
}

/**
 * Writes a dispute as it is now. Where its time is no longer as it was read, the status becomes NULL, so that NOT NULL fails the whole batch;
 * the guard of its order says whether all else is.
 */
export function writeDispute(before: DisputeRow | undefined, dispute: DisputeRow): Query<number> {
  const { disputeId, orderId, paymentId, amountMinor, reason, status, openedAtMs, closedAtMs, reportedAtS } = dispute;
  return write(sql`
    INSERT INTO ${disputes} (dispute_id, order_id, payment_id, amount_minor, reason, status, opened_at_ms, closed_at_ms, reported_at_s)
    VALUES (${disputeId}, ${orderId}, ${paymentId}, ${amountMinor}, ${reason}, ${status}, ${openedAtMs}, ${closedAtMs}, ${reportedAtS})
    ON CONFLICT (dispute_id) DO UPDATE SET amount_minor = excluded.amount_minor, reason = excluded.reason,
      status = iif(disputes.reported_at_s = CAST(${before?.reportedAtS ?? null} AS INTEGER), excluded.status, NULL), closed_at_ms = excluded.closed_at_ms, reported_at_s = excluded.reported_at_s`);
}

/** Records the time of a newer report of the end that a dispute has. @returns 0 where it has another by now, or a newer report of it */
export function renewDispute({ disputeId, status, reportedAtS }: DisputeRow): Query<number> {
  const at = sql`CAST(${reportedAtS} AS INTEGER)`;
  return write(sql`
    UPDATE ${disputes} SET reported_at_s = ${at} WHERE dispute_id = ${disputeId} AND status = ${status} AND reported_at_s <= ${at}`);
}
