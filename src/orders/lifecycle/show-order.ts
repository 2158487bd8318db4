import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { findHistory } from "./history-queries.ts";
import { findRecord } from "../queries.ts";
import type { OrderHistory } from "../rules/timeline.ts";

/** The customer whose orders the caller may read; any order where it is absent. */
export type OwnedBy = string | undefined;

/**
 * Reads an order with its timeline and returns, in one hop.
 * @throws Refusal `not_found`, also for another customer's order
 */
export async function showOrder(deps: Deps, orderId: string, ownedBy?: OwnedBy): Promise<OrderHistory> {
  const {
    record: { order },
    history,
  } = await deps.db.batch("show order", { record: findRecord(orderId), history: findHistory(orderId) });
  if (!order || (ownedBy !== undefined && order.userId !== ownedBy)) throw noOrder();
  return { order, ...history };
}

/** The same for a missing order and for another customer's, so that it does not reveal which. */
export function noOrder(): Refusal {
  return new Refusal("not_found", "There is no such order.");
}
