import { purgeRefreshTokens } from "../accounts/session-queries.ts";
import { purgeCarts } from "../carts/edit-queries.ts";
import type { Deps } from "../deps.ts";
import { deliverDue } from "../events/deliver-due.ts";
import { purgeDeliveries } from "../events/delivery-queries.ts";
import { purgeAlerts } from "../events/log-queries.ts";
import { purgeAnswers } from "../events/queries.ts";
import { auditNightly } from "../stock/audit-nightly.ts";
import { carryOut } from "../stock/carry-out.ts";
import { finishTransfers } from "../stock/finish-transfers.ts";
import { findOwed } from "../stock/owed-queries.ts";
import { findDue, purgeFences, purgeRefusals, seeToDue } from "./owed-queries.ts";

/** One run's bounds; what is over waits a minute for the next. */
const MAX_DUE = 50;
const MAX_ACTIONS = 50;
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
export type Steps = Readonly<Record<string, (deps: Deps) => Promise<unknown>>>;

const STEPS: Steps = {
  due: expireDue,
  owed: carryOwed,
  transfers: finishTransfers,
  purge: purgeOld,
  webhooks: (deps) => deliverDue(deps),
  audit: auditNightly,
};

/**
 * The cron's run: sees to orders that are due, carries out what is owed to the objects, and ends what is past its time. A step that
 * fails keeps no other from its turn.
 * @param further steps of a higher slice
 * @throws what the first step to fail threw, when all had their turn, so that the platform counts the run as failed
 */
export async function sweep(deps: Deps, further: Steps = {}): Promise<void> {
  const failures: unknown[] = [];
  for (const [step, run] of Object.entries({ ...STEPS, ...further })) {
    await run(deps).catch((error: unknown) => {
      failures.push(error);
      deps.log("sweep_failed", { step, error: String(error) });
    });
  }
  if (failures.length > 0) throw failures[0];
}

async function carryOwed(deps: Deps): Promise<void> {
  const [owed] = await deps.db.batch(findOwed(MAX_ACTIONS));
  const done = await carryOut(deps, owed);
  if (owed.length > 0) deps.log("sweep", { owed: owed.length, done });
}

async function purgeOld(deps: Deps): Promise<void> {
  const nowMs = deps.nowMs();
  await deps.db.batch(
    purgeFences(nowMs - FENCE_DAYS * DAY_MS, MAX_PURGED),
    purgeRefusals(nowMs - DAY_MS, MAX_PURGED),
    purgeAnswers(nowMs - DAY_MS, MAX_PURGED),
    purgeRefreshTokens(nowMs, MAX_PURGED),
    purgeDeliveries(nowMs - DELIVERY_DAYS * DAY_MS, nowMs, MAX_PURGED),
    purgeAlerts(nowMs - ALERT_DAYS * DAY_MS, MAX_PURGED),
    ...purgeCarts(nowMs - CART_DAYS * DAY_MS, MAX_CARTS),
  );
}

/** Expires orders that nobody paid or processed in time, and raises an alert for those that are paid and wait. */
async function expireDue(deps: Deps): Promise<void> {
  const [due] = await deps.db.batch(findDue(deps.nowMs(), MAX_DUE));
  if (due.length === 0) return;
  const orderIds = due.map(({ orderId }) => orderId);
  await deps.db.batch(...seeToDue(orderIds, deps.config.currencyDecimals, deps.nowMs()));
  deps.log("sweep_due", { orders: due.length });
}
