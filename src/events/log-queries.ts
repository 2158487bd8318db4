import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../db/client.ts";
import type { Alert } from "./rules/alert.ts";
import type { Entry } from "../writes/rules/change.ts";
import type { TimeKey } from "./rules/page.ts";
import { alerts } from "./tables.ts";
import { auditLog } from "../writes/tables.ts";

/** The one filter that an index serves; what else is asked is looked for in what this finds. */
export type AuditIndex = { record: { type: string; id: string } } | { actor: string } | Record<string, never>;

/** Reads entries of the audit log from just before a key on, newest first. */
export function findAuditWindow(index: AuditIndex, from: number, before: TimeKey, size: number): Query<Entry[]> {
  const found = rows<Omit<Entry, "before" | "after"> & { before: string | null; after: string | null }>(sql`
    SELECT audit_id AS "auditId", at_ms AS "atMs", actor, action, record_type AS "recordType", record_id AS "recordId", before, after,
      request_id AS "requestId"
    FROM ${auditLog}
    WHERE ${auditFilter(index)} AND at_ms >= CAST(${from} AS INTEGER) AND ${isBefore(sql`at_ms, audit_id`, before)}
    ORDER BY at_ms DESC, audit_id DESC LIMIT ${size}`);
  const parse = (side: string | null) => (side === null ? null : (JSON.parse(side) as Record<string, unknown>));
  return {
    statement: found.statement,
    read: (result) => found.read(result).map((entry) => ({ ...entry, before: parse(entry.before), after: parse(entry.after) })),
  };
}

function auditFilter(index: AuditIndex): SQL {
  if ("record" in index) return sql`record_type = ${index.record.type} AND record_id = ${index.record.id}`;
  return "actor" in index ? sql`actor = ${index.actor}` : sql`true`;
}

/** The one filter of alerts that an index serves. */
export type AlertIndex = { subject: string } | { isOpen: true } | Record<string, never>;

/** Reads alerts from just before a key on, newest first. */
export function findAlertWindow(index: AlertIndex, before: TimeKey, size: number): Query<Alert[]> {
  const found = rows<Omit<Alert, "details"> & { details: string }>(sql`
    SELECT alert_id AS "alertId", kind, subject, details, opened_at_ms AS "openedAtMs", closed_at_ms AS "closedAtMs"
    FROM ${alerts} WHERE ${alertFilter(index)} AND ${isBefore(sql`opened_at_ms, alert_id`, before)}
    ORDER BY opened_at_ms DESC, alert_id DESC LIMIT ${size}`);
  return {
    statement: found.statement,
    read: (result) => found.read(result).map((alert) => ({ ...alert, details: JSON.parse(alert.details) as Alert["details"] })),
  };
}

function alertFilter(index: AlertIndex): SQL {
  if ("subject" in index) return sql`subject = ${index.subject}`;
  return "isOpen" in index ? sql`closed_at_ms IS NULL` : sql`true`;
}

/** Ends alerts that were closed before a time, a bounded number at once. */
export function purgeAlerts(closedBeforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${alerts} WHERE (opened_at_ms, alert_id) IN (
      SELECT opened_at_ms, alert_id FROM ${alerts}
      WHERE closed_at_ms IS NOT NULL AND closed_at_ms < ${closedBeforeMs} ORDER BY closed_at_ms LIMIT ${limit})`);
}

function isBefore(columns: SQL, { atMs, id }: TimeKey): SQL {
  return sql`(${columns}) < (CAST(${atMs} AS INTEGER), ${id})`;
}
