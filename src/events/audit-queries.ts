import { type SQL, sql } from "drizzle-orm";
import { type Query, rows } from "../db/client.ts";
import type { TimeKey } from "../rules/page.ts";
import type { Entry } from "../writes/rules/change.ts";
import { auditLog } from "../writes/tables.ts";

/** The one filter of the audit log that an index serves; other filters apply to the rows that it finds. */
export type AuditIndex = { record: { type: string; id: string } } | { actor: string } | Record<string, never>;

/** Entries of the audit log from a time on and before a sort key, newest first. */
export function findAuditWindow(index: AuditIndex, fromMs: number, before: TimeKey, size: number): Query<Entry[]> {
  const query = rows<Omit<Entry, "before" | "after"> & { before: string | null; after: string | null }>(sql`
    SELECT audit_id AS "auditId", at_ms AS "atMs", actor, action, record_type AS "recordType", record_id AS "recordId", before, after,
      request_id AS "requestId"
    FROM ${auditLog}
    WHERE ${auditFilter(index)} AND at_ms >= CAST(${fromMs} AS INTEGER)
      AND (at_ms, audit_id) < (CAST(${before.atMs} AS INTEGER), ${before.id})
    ORDER BY at_ms DESC, audit_id DESC LIMIT ${size}`);
  const parse = (side: string | null) => (side === null ? null : (JSON.parse(side) as Record<string, unknown>));
  return {
    statement: query.statement,
    read: (result) => query.read(result).map((entry) => ({ ...entry, before: parse(entry.before), after: parse(entry.after) })),
  };
}

function auditFilter(index: AuditIndex): SQL {
  if ("record" in index) return sql`record_type = ${index.record.type} AND record_id = ${index.record.id}`;
  return "actor" in index ? sql`actor = ${index.actor}` : sql`true`;
}
