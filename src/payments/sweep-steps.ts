import type { Deps } from "../deps.ts";
import { leaseLate } from "./late-queries.ts";
import { payOut } from "./pay-out.ts";
import { purgeProviderEvents } from "./queries.ts";
import { findOwedRefunds } from "./refund-queries.ts";
import { settleLate } from "./settle-late.ts";

/** One run's bounds; what is over waits a minute for the next. */
const MAX_LATE = 10;
const MAX_REFUNDS = 20;
const MAX_PURGED = 1_000;
/** Longer than a try can take, so that a run does not begin what another has not ended. */
const LEASE_MS = 120_000;
/** Stripe sends an event again for three days; this is for whoever asks later what became of one. */
const EVENT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Ends what Stripe's events left, when nobody asks for it any more. */
export async function purgeEvents(deps: Deps): Promise<void> {
  await deps.db.batch("purge events", {
    purgeProviderEvents: purgeProviderEvents(deps.nowMs() - EVENT_DAYS * DAY_MS, MAX_PURGED),
  });
}

/** Finds goods for money that came late and whose own Worker did not. One that fails keeps no other from its turn. */
export async function settleDue(deps: Deps): Promise<void> {
  const nowMs = deps.nowMs();
  const { due } = await deps.db.batch("settle due", { due: leaseLate(nowMs, nowMs + LEASE_MS, MAX_LATE) });
  for (const { orderId } of due) {
    await settleLate(deps, orderId).catch((error: unknown) =>
      deps.log("late_payment_unsettled", { order_id: orderId, error: String(error) }),
    );
  }
  if (due.length > 0) deps.log("sweep_late_payments", { orders: due.length });
}

/** Asks Stripe for refunds whose time has come. */
export async function payOutDue(deps: Deps): Promise<void> {
  const { due } = await deps.db.batch("pay out due", { due: findOwedRefunds({ nowMs: deps.nowMs(), limit: MAX_REFUNDS }) });
  await payOut(deps, due);
  if (due.length > 0) deps.log("sweep_refunds", { refunds: due.length });
}
