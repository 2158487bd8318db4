import type { Order } from "./order.ts";
import { creditedByReturns, type ReturnedRow } from "./returned-lines.ts";

/**
 * Completes an order of a kept answer of an older release: no discount, nothing paid, nothing shipped. What came back is
 * valued by the returns of the answer, which releases before 0.4.0 did not.
 * Keyed answers are kept for a day, so this can be deleted when that release has been out of use for longer.
 */
export function withPrices(order: Order, returns: readonly ReturnedRow[]): Order {
  const row = {
    discountMinor: 0,
    taxMinor: 0,
    taxIncluded: true,
    promoCode: null,
    rulesUsed: [],
    paidMinor: 0,
    refundedMinor: 0,
    openDisputes: 0,
    fulfillmentStatus: null,
    staffNote: null,
    tags: [],
    stockShort: false,
    address: null,
  };
  const item = { discountMinor: 0, taxMinor: 0, taxBps: 0, discounts: [], cancelled: 0 };
  const allocation = { shipped: 0, cancelled: 0, short: 0 };
  const priced = {
    ...row,
    ...order,
    items: order.items.map((each) => ({ ...item, ...each })),
    allocations: order.allocations.map((each) => ({ ...allocation, ...each })),
  };
  return { ...priced, creditedMinor: creditedByReturns(priced, returns) };
}
