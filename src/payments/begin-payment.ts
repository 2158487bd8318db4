import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { type OwnedBy, showOrder } from "../orders/lifecycle/show-order.ts";
import type { Minor } from "../rules/money.ts";
import { paidByOf } from "../rules/payment-methods.ts";
import { countEndedIntents, insertIntent } from "./queries.ts";
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

/**
 * Begins the payment of an order with Stripe. A repeat returns the same payment while Stripe keeps its keys.
 * @throws Refusal `not_found`; `payments_not_configured`; `payment_not_due`; `unavailable` where Stripe does not answer
 */
export async function beginPayment(deps: Deps, orderId: string, ownedBy?: OwnedBy): Promise<BegunPayment> {
  const { order } = await showOrder(deps, orderId, ownedBy);
  const { secretKey } = deps.config.stripe;
  if (secretKey === undefined) throw notConfigured("STRIPE_SECRET_KEY");
  if (paidByOf(deps.config, order.paymentMethod) === "by_hand") throw byHand(order.paymentMethod);
  const { currency } = order;
  const amountMinor = dueOf(order);
  if (!isPayable(order, deps.nowMs()) || amountMinor === 0) throw notDue();
  const amount = toStripeAmount(amountMinor, currency, deps.config.currencyDecimals);
  if (amount === undefined) throw new Refusal("payments_not_configured", `Stripe does not accept this amount in ${currency}.`);
  const { intents } = await deps.db.batch("count ended payments", { intents: countEndedIntents(orderId) });
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
    throw new Refusal("unavailable", "The payment provider did not answer. Nothing was paid.", { retryAfterS: RETRY_AFTER_S });
  }
  await deps.db.batch("begin payment", { intent: insertIntent(intentId, orderId, amountMinor, deps.nowMs()) });
  return { intentId, clientSecret, amountMinor, currency };
}

function notDue(): Refusal {
  return new Refusal("payment_not_due", "The order is not waiting for a payment.");
}

function byHand(method: string): Refusal {
  return new Refusal("payments_not_configured", `This shop takes no payments by ${method} online.`);
}
