import type { Deps } from "../../deps.ts";
import type { HoldResolution } from "../../stock/rules/messages.ts";
import { findDue, resolveQueries, settleDueQueries } from "./expiry-queries.ts";
import { holdRef, resolutionOf } from "../rules/hold-resolution.ts";

/** Has D1 decide about overdue holds of a product, in one batch (A1, A2). Its decision is final. */
export async function resolveHolds(deps: Deps, productId: string, holdIds: readonly string[]): Promise<HoldResolution[]> {
  const nowMs = deps.nowMs();
  const queries = resolveQueries(productId, holdIds.map(holdRef), deps.config.currencyDecimals, nowMs);
  const { orders } = await deps.db.batch("resolve holds", queries);
  return holdIds.map((holdId) =>
    resolutionOf(
      holdId,
      orders.find((order) => order.holdId === holdId),
      nowMs,
    ),
  );
}

/** One run's bound; what is over waits a minute for the next. */
const MAX_DUE = 50;

/** Expires orders that nobody paid or processed in time, and raises an alert for those that are paid and wait. */
export async function expireDue(deps: Deps): Promise<void> {
  const { due } = await deps.db.batch("expire due", { due: findDue(deps.nowMs(), MAX_DUE) });
  if (due.length === 0) return;
  const orderIds = due.map(({ orderId }) => orderId);
  await deps.db.batch("expire due", { seeToDue: settleDueQueries(orderIds, deps.config.currencyDecimals, deps.nowMs()) });
  deps.log("sweep_due", { orders: due.length });
}
