import type { Deps } from "../../deps.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import { checkoutHoldId } from "../../stock/rules/cart-messages.ts";
import { answerFrom, type Attempt, databaseSilent, notPlaced, type Placed, keptRefusal } from "../placement/attempt.ts";
import { cartCheckedOut } from "../../carts/refusals.ts";
import type { CheckoutQuote } from "./checkout-quote.ts";
import { endGeneration, fenceCheckout, findCartRecord, forgetReserved } from "./queries.ts";
import { findRecord, type OrderRecord } from "../queries.ts";
import { finishHold } from "../placement/record.ts";
import type { Decided } from "../rules/refusal.ts";

/**
 * Ends a checkout that was refused, or whose outcome is unknown (K3). Other checkouts share its hold, so D1 first ends the generation
 * unless an order has it; only then are the units returned to the cart. A key's refusal is kept in the same batch.
 * @param decided the refusal; absent where the outcome is unknown
 * @param cause why it is unknown
 * @returns the order, where D1 has one of this attempt or of another with its key
 * @throws Refusal what is decided; `cart_checked_out`; `unresolved`
 */
export async function endCheckout(
  deps: Deps,
  { attempt, quote }: { attempt: Attempt; quote: CheckoutQuote },
  decided?: Decided,
  cause?: unknown,
): Promise<Placed> {
  const { cart } = quote;
  const { orderId, requestHash, isKeyed } = attempt;
  const kept = decided && isKeyed ? { requestHash, ...decided } : undefined;
  const { ended, record, after } = await deps.db
    .batch("end checkout", {
      fenceCheckout: fenceCheckout(orderId, kept, cart, deps.nowMs()),
      forgetReserved: forgetReserved(cart, quote.lost),
      ended: endGeneration(cart),
      record: findRecord(orderId),
      after: findCartRecord(cart.cartId),
    })
    .catch((error: unknown) => {
      throw databaseSilent(attempt, error);
    });
  const now = after?.cart;
  // A generation that D1 has moved past is dead, no matter which checkout ended it.
  if (now && now.generation > cart.generation) deps.defer((background) => returnUnitsToCart(background, quote));
  if (record.order) {
    const { order } = record;
    deps.defer((background) => finishHold(background, order));
    // Where a constraint failed this attempt's record, the order is another attempt's.
    return {
      ...answered(record, attempt),
      replayed: failedConstraint(cause) !== undefined || order.holdId !== checkoutHoldId(cart),
    };
  }
  if (record.refusal) return answered(record, attempt, ended === 0);
  if (ended > 0 && decided) throw keptRefusal(decided);
  if (now && now.orderId !== null) throw cartCheckedOut(now.orderId);
  throw notPlaced(attempt, "The order was not recorded.", cause);
}

function answered(record: OrderRecord, attempt: Attempt, isRepeat = true): Placed {
  const answer = answerFrom(record, attempt, isRepeat);
  if (!answer) throw notPlaced(attempt, "The database has neither the order nor its refusal.");
  return answer;
}

/** Returns a dead generation's units to the cart; where that fails, the alarm of the object does it. */
async function returnUnitsToCart(deps: Deps, { cart, demand }: CheckoutQuote): Promise<void> {
  await Promise.allSettled([...demand.keys()].map((productId) => deps.stockOf(productId).giveBack(checkoutHoldId(cart))));
}
