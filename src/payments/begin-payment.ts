import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { type OwnedBy, showOrder } from "../orders/lifecycle/show-order.ts";
import type { Minor } from "../rules/money.ts";
import { paidByOf } from "../rules/payment-methods.ts";
import { findRecord } from "../orders/queries.ts";
import type { Order } from "../orders/rules/order.ts";
import { countEndedIntents, endIntent, findStaleIntents, insertIntent } from "./queries.ts";
import { endOfIntent } from "./rules/intent.ts";
import { toStripeAmount } from "./rules/stripe.ts";
import { dueOf, isPayable } from "./rules/take.ts";
import { askStripe, notConfigured } from "./stripe-api.ts";

const RETRY_AFTER_S = 1;

/** A payment that a customer can make now. The secret is for the customer's browser only and is not stored. */
export interface BegunPayment {
  intentId: string;
  clientSecret: string;
  amountMinor: Minor;
  currency: string;
}

/** Of two changes of what is due during one request, something is wrong; the client asks again. */
const MAX_TRIES = 2;

/**
 * Begins the payment of what is due for an order with Stripe. A repeat returns the same payment while Stripe keeps its keys. Payments of
 * another amount that were begun before, such as before a part was cancelled, are ended first, so that nobody pays both.
 * @throws Refusal `not_found`; `payments_not_configured`; `payment_not_due`; `payment_processing` where an earlier payment is being made;
 *   `unavailable` where Stripe does not answer
 */
export async function beginPayment(deps: Deps, orderId: string, ownedBy?: OwnedBy): Promise<BegunPayment> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const { order } = await showOrder(deps, orderId, ownedBy);
    const { secretKey } = deps.config.stripe;
    if (secretKey === undefined) throw notConfigured("STRIPE_SECRET_KEY");
    if (paidByOf(deps.config, order.paymentMethod) === "by_hand") throw byHand(order.paymentMethod);
    if (!isPayable(order, deps.nowMs()) || dueOf(order) === 0) throw notDue();
    const begun = await beginOnce(deps, secretKey, order);
    if (begun) return begun;
  }
  throw unavailable();
}

/** @returns `undefined` where another amount has become due meanwhile */
async function beginOnce(deps: Deps, secretKey: string, order: Order): Promise<BegunPayment | undefined> {
  const { orderId, currency } = order;
  const amountMinor = dueOf(order);
  const amount = toStripeAmount(amountMinor, currency, deps.config.currencyDecimals);
  if (amount === undefined) throw new Refusal("payments_not_configured", `Stripe does not accept this amount in ${currency}.`);
  const { ended: intents, stale } = await deps.db.batch("find begun payments", {
    ended: countEndedIntents(orderId, amountMinor),
    stale: findStaleIntents(orderId, amountMinor),
  });
  await endIntents(deps, secretKey, stale);
  const ended = intents?.ended ?? 0;
  const answer = await askStripe(deps, secretKey, {
    path: "/v1/payment_intents",
    form: {
      amount: String(amount),
      currency: currency.toLowerCase(),
      "metadata[order_id]": orderId,
      "automatic_payment_methods[enabled]": "true",
    },
    // Under the same key Stripe would return a payment that it has ended.
    key: await deps.deriveId("stripe payment", orderId, String(amountMinor), ...(ended > 0 ? [String(ended)] : [])),
  });
  const { id: intentId, client_secret: clientSecret } = answer.outcome === "done" ? answer.body : {};
  if (typeof intentId !== "string" || typeof clientSecret !== "string") {
    deps.log("stripe_failed", { order_id: orderId, error: answer.outcome === "done" ? "no intent" : answer.error });
    throw unavailable();
  }
  const { record } = await deps.db.batch("begin payment", {
    intent: insertIntent(intentId, orderId, amountMinor, deps.nowMs()),
    record: findRecord(orderId),
  });
  // Nobody has the secret of this one yet. The next try ends it.
  if (!record.order || dueOf(record.order) !== amountMinor) return undefined;
  return { intentId, clientSecret, amountMinor, currency };
}

/** Ends payments at Stripe that can still be made. Ending one twice does no harm, so that no key is needed: under one, Stripe would repeat an old refusal. */
async function endIntents(deps: Deps, secretKey: string, intentIds: readonly string[]): Promise<void> {
  for (const intentId of intentIds) {
    const path = `/v1/payment_intents/${encodeURIComponent(intentId)}/cancel` as const;
    const answer = await askStripe(deps, secretKey, { path, form: {}, key: undefined });
    const end = endOfIntent(answer);
    if (end === "unknown") {
      deps.log("stripe_failed", { intent_id: intentId, error: answer.outcome === "done" ? "not ended" : answer.error });
      throw unavailable();
    }
    if (end === "processing") throw processing();
    await deps.db.batch("end payment intent", { intent: endIntent(intentId, deps.nowMs()) });
  }
}

function unavailable(): Refusal {
  return new Refusal("unavailable", "The payment provider did not answer. Nothing was paid.", { retryAfterS: RETRY_AFTER_S });
}

function processing(): Refusal {
  return new Refusal("payment_processing", "A payment that was begun before is being made. The order shows when it has arrived.");
}

function notDue(): Refusal {
  return new Refusal("payment_not_due", "The order is not waiting for a payment.");
}

function byHand(method: string): Refusal {
  return new Refusal("payments_not_configured", `This shop takes no payments by ${method} online.`);
}
