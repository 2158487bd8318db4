import { withPrices } from "../rules/kept-order.ts";
import { headsOf } from "../rules/return-requests.ts";
import type { OrderHistory } from "../rules/timeline.ts";

/** A kept answer, which an older release may have written. */
export function completed(kept: KeptHistory): OrderHistory {
  const { order, events, shipments = [], cancellations = [], returns, returnHeads = headsOf(returns), isUnchanged } = kept;
  const named = events.map((event) => ({ ...NO_AMOUNT, ...event }));
  return {
    order: withPrices(order, returns),
    events: named,
    shipments,
    cancellations,
    returnHeads,
    returns,
    ...(isUnchanged && { isUnchanged }),
  };
}

type Added = "shipments" | "cancellations" | "returnHeads";
type KeptHistory = Omit<OrderHistory, Added> & Partial<Pick<OrderHistory, Added>>;

const NO_AMOUNT = { amountMinor: null };
