import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { type AuditIndex, findAuditWindow } from "./log-queries.ts";
import type { Entry } from "../writes/rules/change.ts";
import { cutPage } from "../rules/page.ts";
import { type Page, type TimeKey, windowSize } from "./rules/page.ts";

/** Which entries, and which page of them. */
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
 * Lists the audit log, newest first. A record's entries and an actor's are found by index; what else is asked is looked for among
 * those, so a page may be short, or empty, and not the last.
 * @throws Refusal `validation_failed` for a record's id without its type
 */
export async function listAudit(deps: Deps, request: AuditRequest): Promise<Page<Entry>> {
  const { actor, action, recordType, recordId, fromMs, toMs, after, limit } = request;
  const { index, reads, isFiltered } = indexFor(request);
  const size = windowSize(limit, reads, isFiltered);
  const before = after && after.atMs < toMs ? after : { atMs: toMs, id: "" };
  const { window } = await deps.db.batch("list audit", { window: findAuditWindow(index, fromMs, before, size) });
  const isAsked = (asked: string | undefined, value: string) => asked === undefined || asked === value;
  return cutPage(window, {
    size,
    limit,
    fits: (entry) =>
      isAsked(actor, entry.actor) &&
      isAsked(action, entry.action) &&
      isAsked(recordType, entry.recordType) &&
      isAsked(recordId, entry.recordId),
    keyOf: ({ atMs, auditId }) => ({ atMs, id: auditId }),
  });
}

function indexFor({ actor, action, recordType, recordId }: AuditRequest): {
  index: AuditIndex;
  reads: 1 | 2;
  isFiltered: boolean;
} {
  if (recordId !== undefined && recordType === undefined) throw invalidField("record_type", "is needed with record_id");
  if (recordId !== undefined && recordType !== undefined) {
    const isFiltered = actor !== undefined || action !== undefined;
    return { index: { record: { type: recordType, id: recordId } }, reads: 2, isFiltered };
  }
  const isFiltered = action !== undefined || recordType !== undefined;
  return actor === undefined ? { index: {}, reads: 1, isFiltered } : { index: { actor }, reads: 2, isFiltered };
}
