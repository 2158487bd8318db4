import type { Deps } from "../../deps.ts";
import { type AuditState, findAuditState, saveAuditState } from "./queries.ts";
import { auditStock } from "./audit-stock.ts";

const AUDIT_ID = "nightly";
/** Products per run: with one run a minute, 2,400 a night. */
const PER_RUN = 20;
/** Quiet hours, UTC. */
const FROM_HOUR = 2;
const TO_HOUR = 4;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The sweep's step: audits the next products between 02:00 and 04:00 UTC, and starts over the night after it has finished. */
export async function auditNightly(deps: Deps): Promise<void> {
  const nowMs = deps.nowMs();
  const intoDayMs = nowMs % DAY_MS;
  if (intoDayMs < FROM_HOUR * HOUR_MS || intoDayMs >= TO_HOUR * HOUR_MS) return;
  const { saved } = await deps.db.batch("read audit state", { saved: findAuditState(AUDIT_ID) });
  const tonightMs = nowMs - intoDayMs + FROM_HOUR * HOUR_MS;
  if (saved?.lastRow === 0 && saved.updatedAtMs >= tonightMs) return;
  const fresh: AuditState = { lastRow: 0, checked: 0, differing: 0, startedAtMs: nowMs, updatedAtMs: nowMs };
  const state = saved && saved.lastRow > 0 ? saved : fresh;
  const page = await auditStock(deps, { afterRow: state.lastRow, limit: PER_RUN, repair: true });
  const differing = new Set(page.differences.map(({ productId }) => productId)).size;
  const next = { ...state, checked: state.checked + page.checked, differing: state.differing + differing, updatedAtMs: nowMs };
  await deps.db.batch("save audit state", {
    save: saveAuditState(AUDIT_ID, { ...next, lastRow: page.isLast ? 0 : page.lastRow }),
  });
  deps.log("nightly_audit", {
    checked: page.checked,
    differing,
    repaired: page.repaired.length,
    unanswered: page.unanswered.length,
    checked_in_all: next.checked,
    differing_in_all: next.differing,
    is_last: page.isLast,
  });
}
