import { purgeRefreshTokens } from "./accounts/session-queries.ts";
import { purgeCarts } from "./carts/edit-queries.ts";
import type { Deps } from "./deps.ts";
import { deliverDue } from "./events/deliver-due.ts";
import { purgeDeliveries } from "./events/delivery-queries.ts";
import { purgeAlerts } from "./events/log-queries.ts";
import { purgeAnswers } from "./writes/queries.ts";
import { auditNightly } from "./stock/audit/audit-nightly.ts";
import { runOldestPending } from "./stock/client/run-pending.ts";
import { settleOverdueTransfers } from "./stock/transfers/settle-transfer.ts";
import { expireDue } from "./orders/placement/expire-due.ts";
import { purgeFences, purgeRefusals } from "./orders/placement/resolve-queries.ts";
import { payOutDue, purgeEvents, settleDue } from "./payments/sweep-steps.ts";

/** One run's bound; what is over waits a minute for the next. */
const MAX_PURGED = 1_000;
const DAY_MS = 86_400_000;
/** PROTOCOL: fences of holds count for 7 days, refusals and answers of keys for 24 hours; no Worker lives that long. */
const FENCE_DAYS = 7;
/** How long what was sent, and what was closed, can be looked up. The audit log is never purged. */
const DELIVERY_DAYS = 30;
const ALERT_DAYS = 90;
/** How long a cart that nobody touches can be opened; it may have 100 lines. */
const CART_DAYS = 30;
const MAX_CARTS = 100;

/** What a run does, in its order; the name is for the log. */
const STEPS: Readonly<Record<string, (deps: Deps) => Promise<unknown>>> = {
  due: expireDue,
  owed: runOldestPending,
  transfers: settleOverdueTransfers,
  purge: purgeOld,
  webhooks: (deps) => deliverDue(deps),
  audit: auditNightly,
  late_payments: settleDue,
  refunds: payOutDue,
  provider_events: purgeEvents,
};

/**
 * The cron's run: sees to orders that are due, carries out what is owed to the objects, and ends what is past its time. A step that
 * fails keeps no other from its turn.
 * @throws what the first step to fail threw, when all had their turn, so that the platform counts the run as failed
 */
export async function sweep(deps: Deps): Promise<void> {
  const failures: unknown[] = [];
  for (const [step, run] of Object.entries(STEPS)) {
    await run(deps).catch((error: unknown) => {
      failures.push(error);
      deps.log("sweep_failed", { step, error: String(error) });
    });
  }
  if (failures.length > 0) throw failures[0];
}

async function purgeOld(deps: Deps): Promise<void> {
  const nowMs = deps.nowMs();
  await deps.db.batch("purge old", {
    purgeFences: purgeFences(nowMs - FENCE_DAYS * DAY_MS, MAX_PURGED),
    purgeRefusals: purgeRefusals(nowMs - DAY_MS, MAX_PURGED),
    purgeAnswers: purgeAnswers(nowMs - DAY_MS, MAX_PURGED),
    purgeRefreshTokens: purgeRefreshTokens(nowMs, MAX_PURGED),
    purgeDeliveries: purgeDeliveries(nowMs - DELIVERY_DAYS * DAY_MS, nowMs, MAX_PURGED),
    purgeAlerts: purgeAlerts(nowMs - ALERT_DAYS * DAY_MS, MAX_PURGED),
    purgeCarts: purgeCarts(nowMs - CART_DAYS * DAY_MS, MAX_CARTS),
  });
}
