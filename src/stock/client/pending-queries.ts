import { sql } from "drizzle-orm";
import { type Query, rows, write } from "../../db/client.ts";
import type { PendingAction } from "../rules/pending-action.ts";
import { stockActions } from "../tables.ts";

/** Owes something to the objects, in the batch of its cause. */
export function addPendingAction(action: PendingAction, nowMs: number): Query<number> {
  return write(sql`
    INSERT INTO ${stockActions} (action_id, order_id, hold_id, kind, lines, cause, at_ms)
    VALUES (${action.actionId}, ${action.orderId}, ${action.holdId}, ${action.kind}, ${JSON.stringify(action.lines)},
      ${JSON.stringify(action.cause)}, ${nowMs})`);
}

/** What is owed for one order or transfer, or, oldest first, for any. */
export function findPendingActions(limit: number, orderId?: string): Query<PendingAction[]> {
  const where = orderId === undefined ? sql`true` : sql`order_id = ${orderId}`;
  const found = rows<Omit<PendingAction, "lines" | "cause"> & { lines: string; cause: string | null }>(sql`
    SELECT action_id AS "actionId", order_id AS "orderId", hold_id AS "holdId", kind, lines, cause
    FROM ${stockActions} WHERE ${where} ORDER BY at_ms LIMIT ${limit}`);
  return {
    statement: found.statement,
    read: (result): PendingAction[] =>
      found
        .read(result)
        .map((action) => ({ ...action, lines: JSON.parse(action.lines), cause: action.cause && JSON.parse(action.cause) })),
  };
}

/** Ends actions whose objects have all acknowledged them. */
export function deletePendingActions(actionIds: readonly string[]): Query<number> {
  return write(sql`DELETE FROM ${stockActions} WHERE action_id IN (SELECT value FROM json_each(${JSON.stringify(actionIds)}))`);
}

/** Puts actions that failed behind the others, so that they cannot keep the sweep from them. */
export function postponePendingActions(actionIds: readonly string[], nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${stockActions} SET at_ms = ${nowMs} WHERE action_id IN (SELECT value FROM json_each(${JSON.stringify(actionIds)}))`);
}
