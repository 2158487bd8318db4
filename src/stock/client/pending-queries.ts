import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../../db/client.ts";
import type { PendingAction } from "../rules/pending-action.ts";
import { stockActions } from "../tables.ts";

/** Adds an action for the objects, where it is not there yet; it belongs in the batch of its cause (S1). */
export function addPendingAction(action: PendingAction, nowMs: number): Query<number> {
  return write(sql`
    INSERT OR IGNORE INTO ${stockActions} (action_id, order_id, hold_id, kind, lines, cause, at_ms)
    VALUES (${action.actionId}, ${action.orderId}, ${action.holdId}, ${action.kind}, ${JSON.stringify(action.lines)},
      ${JSON.stringify(action.cause)}, ${nowMs})`);
}

/** Finds pending actions, oldest first: of one order or transfer, or of all. */
export function findPendingActions(limit: number, orderId?: string): Query<PendingAction[]> {
  return findWhere(orderId === undefined ? sql`true` : sql`order_id = ${orderId}`, limit);
}

/** Finds the pending actions of a product, oldest first. There are few of them, so all are searched. */
export function findPendingOf(productId: string, limit: number): Query<PendingAction[]> {
  return findPendingOfAny([productId], limit);
}

/** As `findPendingOf`, of several products. */
export function findPendingOfAny(productIds: readonly string[], limit: number): Query<PendingAction[]> {
  const product = sql`iif(line.type = 'object', line.value->>'productId', line.value)`;
  const ids = sql`(SELECT value FROM json_each(${JSON.stringify(productIds)}))`;
  return findWhere(sql`EXISTS (SELECT 1 FROM json_each(${stockActions}.lines) line WHERE ${product} IN ${ids})`, limit);
}

function findWhere(where: SQL, limit: number): Query<PendingAction[]> {
  const query = rows<Omit<PendingAction, "lines" | "cause"> & { lines: string; cause: string | null }>(sql`
    SELECT action_id AS "actionId", order_id AS "orderId", hold_id AS "holdId", kind, lines, cause
    FROM ${stockActions} WHERE ${where} ORDER BY at_ms LIMIT ${limit}`);
  return {
    statement: query.statement,
    read: (result): PendingAction[] =>
      query
        .read(result)
        .map((action) => ({ ...action, lines: JSON.parse(action.lines), cause: action.cause && JSON.parse(action.cause) })),
  };
}

/** Deletes actions that all objects have acknowledged (S2). */
export function deletePendingActions(actionIds: readonly string[]): Query<number> {
  return write(sql`DELETE FROM ${stockActions} WHERE action_id IN (SELECT value FROM json_each(${JSON.stringify(actionIds)}))`);
}

/** Moves failed actions to the end of the queue, so that they do not block the others. */
export function postponePendingActions(actionIds: readonly string[], nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${stockActions} SET at_ms = ${nowMs} WHERE action_id IN (SELECT value FROM json_each(${JSON.stringify(actionIds)}))`);
}
