import type { Deps } from "../../deps.ts";
import { deliverSome } from "../../events/deliver-due.ts";
import { USE_LIMIT_CHECKS } from "../../pricing/use-queries.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { writeGuarded } from "../../writes/write-guarded.ts";
import { showOrder } from "../lifecycle/show-order.ts";
import { CUSTOMER_LIMIT } from "../limit-queries.ts";
import type { Order } from "../rules/order.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { finishHold, resolveRecord } from "./record.ts";
import { planReopening, type ReopenRequest } from "./reopening-plan.ts";

/** A concurrent change of the order, and others who took the last use of a rule or the last unit that the customer may buy. */
const GUARDS = ["orders.status", CUSTOMER_LIMIT, ...USE_LIMIT_CHECKS];

/**
 * Reopens an order that was cancelled or expired (S4): its units are reserved again under a new hold, and one batch makes it PENDING under that
 * hold, at its prices. Of several at once, one acts.
 * @throws Refusal `not_found`; `illegal_transition` for one that has not ended; `not_reopenable`; `insufficient_stock` with every short line;
 *   `max_per_customer_exceeded`; `address_required`; `unresolved` where nothing is decided: the order has ended still, or a repeat says that it was reopened
 */
export async function reopenOrder(deps: Deps, keyed: Keyed | undefined, request: ReopenRequest): Promise<Written<OrderHistory>> {
  let tried: Order | undefined;
  /** Ends the hold of a plan that was not written. @returns whether it was written after all */
  const endTry = async (): Promise<boolean> => {
    const order = tried;
    tried = undefined;
    return order !== undefined && "recorded" in (await resolveRecord(deps, order));
  };
  try {
    const written = await writeGuarded(deps, keyed, GUARDS, async () => {
      await endTry();
      const plan = await planReopening(deps, request);
      tried = plan.answer.order;
      return plan;
    });
    if (written.replayed) await endTry();
    else finish(deps, written.answer.order);
    return written;
  } catch (error) {
    // Where D1 does not answer, the hold may be recorded: the alarm resolves it.
    const isWritten = await endTry().catch(() => false);
    if (isWritten) return { answer: await showOrder(deps, request.orderId), status: 200, replayed: false };
    throw error;
  }
}

function finish(deps: Deps, order: Order): void {
  deps.defer((background) => finishHold(background, order));
  deps.defer(deliverSome);
}
