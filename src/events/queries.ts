import { sql } from "drizzle-orm";
import { type Query, write } from "../db/client.ts";
import type { AlertKind } from "./rules/alert.ts";
import { alerts } from "./tables.ts";

/** Opens an alert, unless one of its kind about the subject is open. @param details become JSON */
export function openAlert(kind: AlertKind, subject: string, details: object, nowMs: number): Query<number> {
  const at = sql`CAST(${nowMs} AS INTEGER)`;
  return write(sql`
    INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
    VALUES (${at}, ${`${kind}:${subject}`}, ${kind}, ${subject}, ${JSON.stringify(details)})`);
}

/** Closes the open alert of a kind about a subject, if there is one. */
export function closeAlert(kind: AlertKind, subject: string, nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${alerts} SET closed_at_ms = CAST(${nowMs} AS INTEGER)
    WHERE subject = ${subject} AND kind = ${kind} AND closed_at_ms IS NULL`);
}
