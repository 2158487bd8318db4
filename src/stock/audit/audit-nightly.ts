import type { Deps } from "../../deps.ts";
import { type AuditState, findAuditState, saveAuditState } from "./queries.ts";
import { auditStock } from "./audit-stock.ts";

const AUDIT_ID = "nightly";
/** Products a run: with one run a minute 2,400 a night. */
const PER_RUN = 20;
/** The quiet hours, UTC. */
const FROM_HOUR = 2;
const TO_HOUR = 4;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The nightly audit's next slice, between two and four o'clock UTC. It goes on where it was, and begins anew the night after its end. */
export async function auditNightly(deps: Deps): Promise<void> {
  const nowMs = deps.nowMs();
  const intoDayMs = nowMs % DAY_MS;
  if (intoDayMs < FROM_HOUR * HOUR_MS || intoDayMs >= TO_HOUR * HOUR_MS) return;
  const { known } = await deps.db.batch("audit nightly", { known: findAuditState(AUDIT_ID) });
  const tonightMs = nowMs - intoDayMs + FROM_HOUR * HOUR_MS;
  if (known?.lastRow === 0 && known.updatedAtMs >= tonightMs) return;
  const fresh: AuditState = { lastRow: 0, checked: 0, differing: 0, startedAtMs: nowMs, updatedAtMs: nowMs };
  const state = known && known.lastRow > 0 ? known : fresh;
  const page = await auditStock(deps, { afterRow: state.lastRow, limit: PER_RUN, repair: true });
  const differing = new Set(page.differences.map(({ productId }) => productId)).size;
  const next = { ...state, checked: state.checked + page.checked, differing: state.differing + differing, updatedAtMs: nowMs };
  await deps.db.batch("audit nightly", {
    saveAuditState: saveAuditState(AUDIT_ID, { ...next, lastRow: page.isLast ? 0 : page.lastRow }),
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
