import type { Deps } from "../deps.ts";
import { leaseLate } from "./late-queries.ts";
import { payOut } from "./pay-out.ts";
import { purgeProviderEvents } from "./queries.ts";
import { findOwedRefunds } from "./refund-queries.ts";
import { settleLate } from "./settle-late.ts";

/** The most that one run handles; the rest waits a minute for the next. */
const MAX_LATE = 10;
const MAX_REFUNDS = 20;
const MAX_PURGED = 1_000;
/** Longer than an attempt can take, so that no run starts what another has not finished. */
const LEASE_MS = 120_000;
/** Stripe resends an event for three days; the rest is for later inquiries. */
const EVENT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Deletes old records of handled events. */
export async function purgeEvents(deps: Deps): Promise<void> {
  await deps.db.batch("purge events", {
    purged: purgeProviderEvents(deps.nowMs() - EVENT_DAYS * DAY_MS, MAX_PURGED),
  });
}

/** Settles late payments that their own Worker did not settle. A failure does not keep the others from being tried. */
export async function settleDue(deps: Deps): Promise<void> {
  const nowMs = deps.nowMs();
  const { due } = await deps.db.batch("lease late orders", { due: leaseLate(nowMs, nowMs + LEASE_MS, MAX_LATE) });
  for (const { orderId } of due) {
    await settleLate(deps, orderId).catch((error: unknown) =>
      deps.log("late_payment_unsettled", { order_id: orderId, error: String(error) }),
    );
  }
  if (due.length > 0) deps.log("sweep_late_payments", { orders: due.length });
}

/** Sends due refunds to Stripe. */
export async function payOutDue(deps: Deps): Promise<void> {
  const { due } = await deps.db.batch("find due refunds", { due: findOwedRefunds({ nowMs: deps.nowMs(), limit: MAX_REFUNDS }) });
  await payOut(deps, due);
  if (due.length > 0) deps.log("sweep_refunds", { refunds: due.length });
}
