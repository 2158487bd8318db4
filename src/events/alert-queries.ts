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
  const query = rows<Omit<Alert, "details"> & { details: string }>(sql`
    SELECT alert_id AS "alertId", kind, subject, details, opened_at_ms AS "openedAtMs", closed_at_ms AS "closedAtMs"
    FROM ${alerts} WHERE ${alertFilter(index)} AND (opened_at_ms, alert_id) < (CAST(${before.atMs} AS INTEGER), ${before.id})
    ORDER BY opened_at_ms DESC, alert_id DESC LIMIT ${size}`);
  return {
    statement: query.statement,
    read: (result) => query.read(result).map((alert) => ({ ...alert, details: JSON.parse(alert.details) as Alert["details"] })),
  };
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
