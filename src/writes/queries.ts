import { sql } from "drizzle-orm";
import { type Query, row, write } from "../db/client.ts";
import type { Audited } from "./rules/change.ts";
import { auditLog, idempotency } from "./tables.ts";

/** The kept answer of a keyed write. `answer` is JSON. */
export interface KeptAnswer {
  requestHash: string;
  status: number;
  answer: string;
}

/** Finds the kept answer of a key. */
export function findAnswer(id: string): Query<KeptAnswer | undefined> {
  return row(sql`SELECT request_hash AS "requestHash", status, answer FROM ${idempotency} WHERE id = ${id}`);
}

/** Keeps an answer, in the batch of its effect; the batch fails as a whole if the key was used before. */
export function keepAnswer(id: string, kept: KeptAnswer, nowMs: number): Query<number> {
  return write(sql`
    INSERT INTO ${idempotency} (id, request_hash, status, answer, at_ms)
    VALUES (${id}, ${kept.requestHash}, ${kept.status}, ${kept.answer}, ${nowMs})`);
}

/** Binds a key to its first subject, for an effect outside of D1; the subject is stored as `requestHash`. */
export function bindKey(id: string, subject: string, nowMs: number): Query<number> {
  return write(sql`
    INSERT OR IGNORE INTO ${idempotency} (id, request_hash, status, answer, at_ms)
    VALUES (${id}, ${subject}, 200, 'null', ${nowMs})`);
}

/** Keeps the answer of a bound key once it is complete; the first one stays. */
export function settleKey(id: string, answer: string): Query<number> {
  return write(sql`UPDATE ${idempotency} SET answer = ${answer} WHERE id = ${id} AND answer = 'null'`);
}

/** Writes entries of the audit log. */
export function insertAudit(
  entries: readonly (Audited & { auditId: string })[],
  { actor, requestId }: { actor: string; requestId: string },
  nowMs: number,
): Query<number> {
  return write(sql`
    INSERT INTO ${auditLog} (at_ms, audit_id, actor, action, record_type, record_id, before, after, request_id)
    SELECT CAST(${nowMs} AS INTEGER), value->>'auditId', ${actor}, value->>'action', value->>'recordType', value->>'recordId',
      value->>'before', value->>'after', ${requestId}
    FROM json_each(${JSON.stringify(entries)})`);
}

/** Deletes kept answers older than a time, a bounded number at once. */
export function purgeAnswers(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${idempotency} WHERE id IN (SELECT id FROM ${idempotency} WHERE at_ms < ${beforeMs} ORDER BY at_ms LIMIT ${limit})`);
}
