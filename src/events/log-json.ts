import { toCursor } from "../http/paging.ts";
import { isoOrNull } from "../http/validate.ts";
import type { Alert } from "./rules/alert.ts";
import type { Entry } from "../writes/rules/change.ts";
import type { TimeKey } from "../rules/page.ts";

/** Shows an entry of the audit log as `entrySchema` promises it. */
export function toEntryJson(entry: Entry) {
  return {
    audit_id: entry.auditId,
    at: new Date(entry.atMs).toISOString(),
    actor: entry.actor,
    action: entry.action,
    record_type: entry.recordType,
    record_id: entry.recordId,
    before: entry.before,
    after: entry.after,
    request_id: entry.requestId,
  };
}

/** Shows an alert as `alertSchema` promises it. */
export function toAlertJson(alert: Alert) {
  return {
    alert_id: alert.alertId,
    kind: alert.kind,
    subject: alert.subject,
    status: alert.closedAtMs === null ? ("open" as const) : ("closed" as const),
    details: alert.details,
    opened_at: new Date(alert.openedAtMs).toISOString(),
    closed_at: isoOrNull(alert.closedAtMs),
    acknowledged_at: isoOrNull(alert.acknowledgedAtMs),
    acknowledged_by: alert.acknowledgedBy,
    note: alert.note,
  };
}

/** The cursor of a list by time; null on its last page. */
export function toTimeCursor(next: TimeKey | null): string | null {
  return next && toCursor([next.atMs, next.id]);
}
