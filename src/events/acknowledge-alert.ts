import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { requireMatch } from "../writes/require-match.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import { acknowledge, findAlert } from "./alert-queries.ts";
import { type Alert, versionOf } from "./rules/alert.ts";

/**
 * Acknowledges an open alert: who has seen it, when, and what they noted. It stays open until its cause ends, and no other of its kind
 * opens for its subject meanwhile. Acknowledged again, it shows the newest; the audit log has all.
 * @throws Refusal `not_found`; `alert_closed`; `precondition_failed`; `idempotency_key_reused`; `unresolved`
 */
export function acknowledgeAlert(
  deps: Deps,
  keyed: Keyed | undefined,
  alertId: string,
  note: string | null,
): Promise<Written<Alert>> {
  return writeGuarded(deps, keyed, "alerts.details", () => plan(deps, alertId, note));
}

/** Shows an alert: of several with its id, the newest. @throws Refusal `not_found` */
export async function showAlert(deps: Deps, alertId: string): Promise<Alert> {
  const {
    found: [alert],
  } = await deps.db.batch("read alert", { found: findAlert(alertId) });
  if (!alert) throw new Refusal("not_found", `There is no alert ${alertId}.`);
  return alert;
}

async function plan(deps: Deps, alertId: string, note: string | null): Promise<Plan<Alert>> {
  const before = await showAlert(deps, alertId);
  requireMatch(deps, versionOf(before));
  if (before.closedAtMs !== null) throw alertClosed(before.closedAtMs);
  // Two acknowledgements within one millisecond differ: the guard relies on it.
  const acknowledgedAtMs = Math.max(deps.nowMs(), (before.acknowledgedAtMs ?? 0) + 1);
  const after = { ...before, acknowledgedAtMs, acknowledgedBy: deps.by.actor, note };
  const change = { action: "alert.acknowledge", recordType: "alert", recordId: alertId, before, after };
  return { queries: [acknowledge(before, after)], changes: [change], answer: after, status: 200 };
}

function alertClosed(closedAtMs: number): Refusal {
  const closedAt = new Date(closedAtMs).toISOString();
  return new Refusal("alert_closed", `The alert was closed at ${closedAt}: its cause has ended.`, {
    members: { closed_at: closedAt },
  });
}
