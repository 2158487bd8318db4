import type { Deps } from "../../deps.ts";
import type { HoldResolution } from "../../stock/rules/messages.ts";
import { findDue, resolveQueries, settleDueQueries } from "./expiry-queries.ts";
import { holdRef, resolutionOf } from "../rules/hold-resolution.ts";
import { warnQueries } from "./warning-queries.ts";

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

/** The most alerts about orders that expire soon that one run raises. */
const MAX_WARNED = 200;
const DAY_MS = 86_400_000;

/** How long before a cash order expires its alert is raised: a day, or half of its time where that is a day or less. */
function leadOf(orderExpiryMs: number): number {
  return orderExpiryMs <= DAY_MS ? orderExpiryMs / 2 : DAY_MS;
}

/** Expires orders that were not paid or processed in time, and raises an alert for paid ones that wait, and for cash orders a day before. */
export async function expireDue(deps: Deps): Promise<void> {
  const { orderExpiryMs, currencyDecimals: decimals } = deps.config;
  const nowMs = deps.nowMs();
  const { due } = await deps.db.batch("find due orders", {
    warn: warnQueries({ leadMs: leadOf(orderExpiryMs), limit: MAX_WARNED, decimals }, nowMs),
    due: findDue(nowMs, MAX_DUE),
  });
  if (due.length === 0) return;
  const orderIds = due.map(({ orderId }) => orderId);
  await deps.db.batch("expire due orders", { settle: settleDueQueries(orderIds, deps.config.currencyDecimals, deps.nowMs()) });
  deps.log("sweep_due", { orders: due.length });
}
