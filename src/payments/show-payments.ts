import type { Deps } from "../deps.ts";
import { findRecord } from "../orders/queries.ts";
import { noOrder } from "../orders/lifecycle/show-order.ts";
import { findMoney } from "./queries.ts";
import type { Money } from "./rules/payment.ts";

/** Reads the payments and refunds of an order. @throws Refusal `not_found` */
export async function showPayments(deps: Deps, orderId: string): Promise<Money> {
  const {
    record: { order },
    money,
  } = await deps.db.batch("show payments", { record: findRecord(orderId), money: findMoney(orderId) });
  if (!order) throw noOrder();
  return money;
}
