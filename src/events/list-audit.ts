import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { type AuditIndex, findAuditWindow } from "./audit-queries.ts";
import type { Entry } from "../writes/rules/change.ts";
import { cutPage, type Page, type TimeKey, windowSize } from "../rules/page.ts";

/** The filters of the audit log, and the page. */
export interface AuditRequest {
  actor?: string | undefined;
  action?: string | undefined;
  recordType?: string | undefined;
  recordId?: string | undefined;
  /** Written at this time or later. */
  fromMs: number;
  /** Written before this time. */
  toMs: number;
  after: TimeKey | undefined;
  limit: number;
}

/**
 * Lists the audit log, newest first. An index serves the record or the actor; the other filters apply to the rows that it finds, so a
 * page may be short or empty before the last.
 * @throws Refusal `validation_failed` for a record's id without its type
 */
export async function listAudit(deps: Deps, request: AuditRequest): Promise<Page<Entry>> {
  const { actor, action, recordType, recordId, fromMs, toMs, after, limit } = request;
  const { index, reads, isFiltered } = indexFor(request);
  const size = windowSize(limit, reads, isFiltered);
  const before = after && after.atMs < toMs ? after : { atMs: toMs, id: "" };
  const { window } = await deps.db.batch("list audit", { window: findAuditWindow(index, fromMs, before, size) });
  const matches = (filter: string | undefined, value: string) => filter === undefined || filter === value;
  return cutPage(window, {
    size,
    limit,
    fits: (entry) =>
      matches(actor, entry.actor) &&
      matches(action, entry.action) &&
      matches(recordType, entry.recordType) &&
      matches(recordId, entry.recordId),
    keyOf: ({ atMs, auditId }) => ({ atMs, id: auditId }),
  });
}

function indexFor({ actor, action, recordType, recordId }: AuditRequest): {
  index: AuditIndex;
  reads: 1 | 2;
  isFiltered: boolean;
} {
  if (recordId !== undefined && recordType === undefined) throw invalidField("record_type", "is required with record_id");
  if (recordId !== undefined && recordType !== undefined) {
    const isFiltered = actor !== undefined || action !== undefined;
    return { index: { record: { type: recordType, id: recordId } }, reads: 2, isFiltered };
  }
  const isFiltered = action !== undefined || recordType !== undefined;
  return actor === undefined ? { index: {}, reads: 1, isFiltered } : { index: { actor }, reads: 2, isFiltered };
}
