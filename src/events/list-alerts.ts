import type { Deps } from "../deps.ts";
import { type AlertIndex, findAlertWindow } from "./alert-queries.ts";
import type { Alert, AlertKind } from "./rules/alert.ts";
import { cutPage, type Page, type TimeKey, windowSize } from "../rules/page.ts";

/** The filters of a list of alerts, and the page. */
export interface AlertRequest {
  isOpen?: boolean | undefined;
  isAcknowledged?: boolean | undefined;
  kind?: AlertKind | undefined;
  subject?: string | undefined;
  after: TimeKey | undefined;
  limit: number;
}

const NEWEST: TimeKey = { atMs: Number.MAX_SAFE_INTEGER, id: "" };

/**
 * Lists alerts, newest first. An index serves the subject or the open ones; the other filters apply to the rows that it finds, so a page
 * may be short or empty before the last.
 */
export async function listAlerts(deps: Deps, request: AlertRequest): Promise<Page<Alert>> {
  const { isOpen, isAcknowledged, kind, subject, after, limit } = request;
  const index: AlertIndex = subject !== undefined ? { subject } : isOpen === true ? { isOpen } : {};
  const isFiltered = kind !== undefined || isAcknowledged !== undefined || (isOpen !== undefined && !("isOpen" in index));
  const size = windowSize(limit, "subject" in index || "isOpen" in index ? 2 : 1, isFiltered);
  const { window } = await deps.db.batch("list alerts", { window: findAlertWindow(index, after ?? NEWEST, size) });
  return cutPage(window, {
    size,
    limit,
    fits: (alert) => fits(alert, request),
    keyOf: ({ openedAtMs, alertId }) => ({ atMs: openedAtMs, id: alertId }),
  });
}

function fits(alert: Alert, { isOpen, isAcknowledged, kind }: AlertRequest): boolean {
  return (
    (isOpen === undefined || isOpen === (alert.closedAtMs === null)) &&
    (isAcknowledged === undefined || isAcknowledged === (alert.acknowledgedAtMs !== null)) &&
    (kind === undefined || kind === alert.kind)
  );
}
