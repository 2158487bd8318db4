import type { Deps } from "../../deps.ts";
import type { HoldResolution } from "../../stock/rules/messages.ts";
import { findDue, resolveQueries, settleDueQueries } from "./expiry-queries.ts";
import { holdRef, resolutionOf } from "../rules/hold-resolution.ts";

/** Resolves expired holds of a product by D1, in one batch (A1, A2). A resolution never changes afterwards. */
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

/** The most orders that one run handles; the rest waits a minute for the next. */
const MAX_DUE = 50;

/** Expires orders that were not paid or processed in time, and raises an alert for paid ones that wait. */
export async function expireDue(deps: Deps): Promise<void> {
  const { due } = await deps.db.batch("find due orders", { due: findDue(deps.nowMs(), MAX_DUE) });
  if (due.length === 0) return;
  const orderIds = due.map(({ orderId }) => orderId);
  await deps.db.batch("expire due orders", { settle: settleDueQueries(orderIds, deps.config.currencyDecimals, deps.nowMs()) });
  deps.log("sweep_due", { orders: due.length });
}
