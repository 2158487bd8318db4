import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { findHistory } from "./history-queries.ts";
import { findRecord } from "../queries.ts";
import type { OrderHistory } from "../rules/timeline.ts";

/** Whose orders somebody may reach: a customer's own, or, where it is absent, any. */
export type OwnedBy = string | undefined;

/**
 * Reads an order with everything that happened to it, in one hop.
 * @throws Refusal `not_found`, also for an order of somebody else's
 */
export async function showOrder(deps: Deps, orderId: string, ownedBy?: OwnedBy): Promise<OrderHistory> {
  const {
    record: { order },
    history,
  } = await deps.db.batch("show order", { record: findRecord(orderId), history: findHistory(orderId) });
  if (!order || (ownedBy !== undefined && order.userId !== ownedBy)) throw noOrder();
  return { order, ...history };
}

/** The same for an order that there is not and for somebody else's. */
export function noOrder(): Refusal {
  return new Refusal("not_found", "There is no such order.");
}
