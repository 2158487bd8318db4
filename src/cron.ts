import { purgeRefreshTokens } from "./accounts/session-queries.ts";
import { nameUnnamed } from "./catalog/choose-names.ts";
import { deleteUnusedFiles } from "./catalog/images/upload-image.ts";
import { purgeCarts } from "./carts/edit-queries.ts";
import { purgeOpenings } from "./catalog/bulk/opening-queries.ts";
import { purgeImports } from "./catalog/bulk/stale-queries.ts";
import type { Deps } from "./deps.ts";
import { deliverDue } from "./events/deliver-due.ts";
import { purgeDeliveries } from "./events/delivery-queries.ts";
import { purgeAlerts } from "./events/alert-queries.ts";
import { purgeAnswers } from "./writes/queries.ts";
import { alertAboutArchived } from "./stock/audit/alert-archived.ts";
import { auditNightly } from "./stock/audit/audit-nightly.ts";
import { refreshStale } from "./stock/audit/refresh-stale.ts";
import { receiveOwed } from "./stock/adjustments/opening-stock.ts";
import { runOldestPending } from "./stock/client/run-pending.ts";
import { settleOverdueTransfers } from "./stock/transfers/settle-transfer.ts";
import { countRecentSales } from "./orders/lifecycle/count-sales.ts";
import { indexOrders } from "./orders/search/index-orders.ts";
import { finishFills } from "./orders/fulfillment/allocate-short.ts";
import { expireDue } from "./orders/placement/expiry.ts";
import { purgeFences, purgeRefusals } from "./orders/placement/expiry-queries.ts";
import { payOutDue, purgeEvents, settleDue } from "./payments/sweep-steps.ts";

/** The most rows that one run deletes per table; the rest waits a minute for the next run. */
const MAX_PURGED = 1_000;
const DAY_MS = 86_400_000;
/** Fences of holds count for 7 days; refusals and kept answers, which are purged too, for 24 hours. No Worker lives that long. */
const FENCE_DAYS = 7;
/** How long deliveries, the progress of imports and closed alerts are kept. The audit log is never purged. */
const DELIVERY_DAYS = 30;
const ALERT_DAYS = 90;
/** How long an unchanged cart is kept. Few are deleted per run, because a cart can have 100 lines. */
const CART_DAYS = 30;
const MAX_CARTS = 100;

/** The steps of a run, in order; the log names them. */
const STEPS: Readonly<Record<string, (deps: Deps) => Promise<unknown>>> = {
  due: expireDue,
  owed: runOldestPending,
  openings: receiveOwed,
  fills: finishFills,
  names: nameUnnamed,
  images: deleteUnusedFiles,
  sales: countRecentSales,
  search: indexOrders,
  transfers: settleOverdueTransfers,
  purge: purgeOld,
  webhooks: (deps) => deliverDue(deps),
  lists: refreshStale,
  audit: auditNightly,
  archived: alertAboutArchived,
  late_payments: settleDue,
  refunds: payOutDue,
  provider_events: purgeEvents,
};

/**
 * Runs every minute: expires due orders, runs pending stock actions, purges old rows and takes the other steps. A failing step does not
 * stop the others.
 * @throws the error of the first failed step, after all have run, so that the platform counts the run as failed
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
  await deps.db.batch("purge", {
    fences: purgeFences(nowMs - FENCE_DAYS * DAY_MS, MAX_PURGED),
    refusals: purgeRefusals(nowMs - DAY_MS, MAX_PURGED),
    answers: purgeAnswers(nowMs - DAY_MS, MAX_PURGED),
    refreshTokens: purgeRefreshTokens(nowMs, MAX_PURGED),
    deliveries: purgeDeliveries(nowMs - DELIVERY_DAYS * DAY_MS, nowMs, MAX_PURGED),
    alerts: purgeAlerts(nowMs - ALERT_DAYS * DAY_MS, MAX_PURGED),
    imports: purgeImports(nowMs - DELIVERY_DAYS * DAY_MS, MAX_PURGED),
    openings: purgeOpenings(nowMs - DELIVERY_DAYS * DAY_MS, MAX_PURGED),
    carts: purgeCarts(nowMs - CART_DAYS * DAY_MS, MAX_CARTS),
  });
}
