import type { Deps } from "../deps.ts";
import { findRecord } from "../orders/queries.ts";
import { noOrder } from "../orders/lifecycle/show-order.ts";
import { findDisputes } from "./dispute-queries.ts";
import { findMoney } from "./queries.ts";
import type { DisputeRow } from "./rules/dispute.ts";
import type { Money } from "./rules/payment.ts";

/** What was paid for an order, what was refunded, and what its customer disputed. */
export interface MoneyAndDisputes extends Money {
  disputes: DisputeRow[];
}

/** Reads the payments, refunds and disputes of an order. @throws Refusal `not_found` */
export async function showPayments(deps: Deps, orderId: string): Promise<MoneyAndDisputes> {
  const {
    record: { order },
    money,
    disputes,
  } = await deps.db.batch("show payments", {
    record: findRecord(orderId),
    money: findMoney(orderId),
    disputes: findDisputes(orderId),
  });
  if (!order) throw noOrder();
  return { ...money, disputes };
}
