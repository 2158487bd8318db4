import Stripe from "stripe";
import type { Deps } from "../../../src/deps.ts";
import { appWith, type Ask } from "../http/app.ts";
import { soldOrder } from "../orders/lifecycle.ts";
import { type Answer, read } from "../orders/http.ts";
import { paidOrder } from "./payments.ts";
import { newId } from "../shop/shop.ts";
import type { Received } from "../events/webhooks.ts";

export const WEBHOOK_SECRET = "whsec_test_secret_0123456789";
const SECRET_KEY = "sk_test_secret_0123456789";

export const STRIPE = { apiUrl: "https://api.stripe.test", secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRET };

/** Signs a body as Stripe does, by its own library. @param more such as another secret or time, in seconds */
export function signed(payload: string, more: { secret?: string; timestamp?: number } = {}): Promise<string> {
  const { secret = WEBHOOK_SECRET, timestamp = Math.floor(Date.now() / 1_000) } = more;
  return Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
}

/** What a stub of Stripe answers to a request: its form, under its key. */
type Answering = (form: URLSearchParams, request: Received) => { status?: number; body: unknown } | Promise<never>;

/** Deps whose requests to the outside a stub of Stripe answers. */
export function stripeStub(answer: Answering): { send: Deps["send"]; requests: Received[] } {
  const requests: Received[] = [];
  const send: Deps["send"] = async (url, init) => {
    const request = new Request(url, init);
    const received = { url, method: request.method, headers: request.headers, body: await request.text() };
    requests.push(received);
    const { status = 200, body } = await answer(new URLSearchParams(received.body), received);
    return Response.json(body, { status });
  };
  return { send, requests };
}

/** The API of a shop that has an account with Stripe. */
export function shopWithStripe(answer: Answering = () => ({ body: {} })): { ask: Ask; requests: Received[] } {
  const { send, requests } = stripeStub(answer);
  return { ask: appWith({ stripe: STRIPE }, { send }), requests };
}

/** Sends an event as Stripe would, with a signature of its own unless one is given. */
export async function notify<B = Record<string, unknown>>(ask: Ask, event: object, signature?: string): Promise<Answer<B>> {
  const body = JSON.stringify(event);
  const headers = { "Content-Type": "application/json", "Stripe-Signature": signature ?? (await signed(body)) };
  return read<B>(await ask("/api/v1/webhooks/stripe", { method: "POST", headers, body }));
}

/** An event under an id of its own. */
export function eventOf(type: string, object: object, id = newId("evt")) {
  return { id, object: "event", type, data: { object }, livemode: false };
}

/** An order's payment came, in paise. */
export function succeeded(orderId: string | undefined, amount: number, more: Record<string, unknown> = {}) {
  const metadata = orderId === undefined ? {} : { order_id: orderId };
  return eventOf("payment_intent.succeeded", { id: newId("pi"), amount_received: amount, currency: "inr", metadata, ...more });
}

/** An attempt to pay an order failed. */
export function failed(orderId: string, intentId = newId("pi")) {
  return eventOf("payment_intent.payment_failed", { id: intentId, metadata: { order_id: orderId } });
}

/** So much of a payment went back, all in all. */
export function chargeRefunded(intentId: string, amount: number) {
  return eventOf("charge.refunded", { id: newId("ch"), payment_intent: intentId, amount_refunded: amount, currency: "inr" });
}

/** A report about a dispute of a payment, by default a new one of all of it, at a second of Stripe's time. */
export function disputed(
  intentId: string | null,
  amount: number,
  more: { id: string; type?: string; status?: string; at?: number; currency?: string },
) {
  const { id, type = "created", status = "needs_response", at = 1, currency = "inr" } = more;
  const object = { id, charge: newId("ch"), payment_intent: intentId, amount, currency, status, reason: "fraudulent" };
  return { ...eventOf(`charge.dispute.${type}`, object), created: at };
}

/** An order of one unit that waits for its payment, and what it costs in paise. */
export async function waiting() {
  const order = await soldOrder(1, { payment_method: "card" });
  const { total } = await paidOrder(order.orderId);
  return { ...order, amount: Math.round(total * 100) };
}
