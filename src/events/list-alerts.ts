import type { Deps } from "../deps.ts";
import { type AlertIndex, findAlertWindow } from "./log-queries.ts";
import type { Alert, AlertKind } from "./rules/alert.ts";
import { cutPage } from "../rules/page.ts";
import { type Page, type TimeKey, windowSize } from "./rules/page.ts";

/** Which alerts, and which page of them. */
export interface AlertRequest {
  isOpen?: boolean | undefined;
  kind?: AlertKind | undefined;
  subject?: string | undefined;
  after: TimeKey | undefined;
  limit: number;
}

const NEWEST: TimeKey = { atMs: Number.MAX_SAFE_INTEGER, id: "" };

/**
 * Lists alerts, those opened last first. A subject's and the open ones are found by index; what else is asked is looked for among
 * those, so a page may be short, or empty, and not the last.
 */
export async function listAlerts(deps: Deps, { isOpen, kind, subject, after, limit }: AlertRequest): Promise<Page<Alert>> {
  const index: AlertIndex = subject !== undefined ? { subject } : isOpen === true ? { isOpen } : {};
  const isFiltered = kind !== undefined || (isOpen !== undefined && !("isOpen" in index));
  const size = windowSize(limit, "subject" in index || "isOpen" in index ? 2 : 1, isFiltered);
  const { window } = await deps.db.batch("list alerts", { window: findAlertWindow(index, after ?? NEWEST, size) });
  return cutPage(window, {
    size,
    limit,
    fits: (alert) =>
      (isOpen === undefined || isOpen === (alert.closedAtMs === null)) && (kind === undefined || kind === alert.kind),
    keyOf: ({ openedAtMs, alertId }) => ({ atMs: openedAtMs, id: alertId }),
  });
}
