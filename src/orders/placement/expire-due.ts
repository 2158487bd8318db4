import type { Deps } from "../../deps.ts";
import { findDue, settleDueQueries } from "./resolve-queries.ts";

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
