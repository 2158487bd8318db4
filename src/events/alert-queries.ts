import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../db/client.ts";
import type { TimeKey } from "../rules/page.ts";
import type { Alert, AlertKind } from "./rules/alert.ts";
import { alerts } from "./tables.ts";

/** Opens an alert, unless one of its kind is open for the subject. @param details stored as JSON */
export function openAlert(kind: AlertKind, subject: string, details: object, nowMs: number): Query<number> {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  return write(sql`
    INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
    VALUES (${at}, ${`${kind}:${subject}`}, ${kind}, ${subject}, ${JSON.stringify(details)})`);
}

/** Opens an alert, or gives the one of its kind that is open for the subject these details. */
export function renewAlert(kind: AlertKind, subject: string, details: object, nowMs: number): Query<number> {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  return write(sql`
    INSERT INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
    VALUES (${at}, ${`${kind}:${subject}`}, ${kind}, ${subject}, ${JSON.stringify(details)})
    ON CONFLICT (subject, kind) WHERE closed_at_ms IS NULL DO UPDATE SET details = excluded.details`);
}

/** Closes the open alert of a kind for a subject, if there is one. */
export function closeAlert(kind: AlertKind, subject: string, nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${alerts} SET closed_at_ms = CAST(${nowMs} AS INTEGER)
    WHERE subject = ${subject} AND kind = ${kind} AND closed_at_ms IS NULL`);
}

/** The one filter of alerts that an index serves. */
export type AlertIndex = { subject: string } | { isOpen: true } | Record<string, never>;

/** Alerts before a sort key, newest first. */
export function findAlertWindow(index: AlertIndex, before: TimeKey, size: number): Query<Alert[]> {
  return selectAlerts(sql`${alertFilter(index)} AND (opened_at_ms, alert_id) < (CAST(${before.atMs} AS INTEGER), ${before.id})
    ORDER BY opened_at_ms DESC, alert_id DESC LIMIT ${size}`);
}

/** Finds the newest alert with an id: an alert about an order has the same id as an earlier one of its kind. Only the newest can be open. */
export function findAlert(alertId: string): Query<Alert[]> {
  return selectAlerts(sql`alert_id = ${alertId} ORDER BY opened_at_ms DESC LIMIT 1`);
}

function selectAlerts(where: SQL): Query<Alert[]> {
  const query = rows<Omit<Alert, "details"> & { details: string }>(sql`
    SELECT alert_id AS "alertId", kind, subject, details, opened_at_ms AS "openedAtMs", closed_at_ms AS "closedAtMs",
      acknowledged_at_ms AS "acknowledgedAtMs", acknowledged_by AS "acknowledgedBy", note
    FROM ${alerts} WHERE ${where}`);
  return {
    statement: query.statement,
    read: (result) => query.read(result).map((alert) => ({ ...alert, details: JSON.parse(alert.details) as Alert["details"] })),
  };
}

/**
 * Acknowledges an alert that is still open and as it was read. If it closed, or somebody else acknowledged it in between, `details` becomes
 * NULL, so that NOT NULL fails the whole batch.
 */
export function acknowledge(before: Alert, after: Alert): Query<number> {
  return write(sql`
    UPDATE ${alerts} SET acknowledged_at_ms = CAST(${after.acknowledgedAtMs} AS INTEGER), acknowledged_by = ${after.acknowledgedBy},
      note = ${after.note},
      details = iif(closed_at_ms IS NULL AND acknowledged_at_ms IS CAST(${before.acknowledgedAtMs} AS INTEGER), details, NULL)
    WHERE opened_at_ms = CAST(${before.openedAtMs} AS INTEGER) AND alert_id = ${before.alertId}`);
}

function alertFilter(index: AlertIndex): SQL {
  if ("subject" in index) return sql`subject = ${index.subject}`;
  return "isOpen" in index ? sql`closed_at_ms IS NULL` : sql`true`;
}

/** Deletes alerts that were closed before a time, a bounded number at once. */
export function purgeAlerts(closedBeforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${alerts} WHERE (opened_at_ms, alert_id) IN (
      SELECT opened_at_ms, alert_id FROM ${alerts}
      WHERE closed_at_ms IS NOT NULL AND closed_at_ms < ${closedBeforeMs} ORDER BY closed_at_ms LIMIT ${limit})`);
}
