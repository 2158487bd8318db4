import type { Received } from "../events/webhooks.ts";
import { newId } from "../shop/shop.ts";

/** A payment as Stripe has it. */
interface Intent {
  id: string;
  amount: number;
  orderId: string;
  status: "requires_payment_method" | "processing" | "succeeded" | "canceled";
}

/**
 * An account at Stripe that keeps its payments: the same key gives the same one, as it was begun, and one that is being made, was made
 * or has ended cannot be ended.
 */
export function stripeAccount() {
  const intents = new Map<string, Intent>();
  const byKey = new Map<string, unknown>();
  let isSilent = false;
  const begin = (form: URLSearchParams, key: string) => {
    const known = byKey.get(key);
    if (known !== undefined) return { body: known };
    const id = newId("pi");
    const orderId = form.get("metadata[order_id]") ?? "";
    intents.set(id, { id, amount: Number(form.get("amount")), orderId, status: "requires_payment_method" });
    const body = { id, client_secret: `secret of ${id}` };
    byKey.set(key, body);
    return { body };
  };
  const cancel = (id: string) => {
    const intent = intents.get(id);
    if (!intent) return { status: 404, body: { error: { code: "resource_missing", type: "invalid_request_error" } } };
    if (intent.status !== "requires_payment_method") {
      const error = { code: "payment_intent_unexpected_state", type: "invalid_request_error", payment_intent: { ...intent } };
      return { status: 400, body: { error } };
    }
    intent.status = "canceled";
    return { body: { ...intent } };
  };
  const answer = (form: URLSearchParams, { url, headers }: Received) => {
    if (isSilent) return Promise.reject(new Error("connection reset"));
    const ended = /\/v1\/payment_intents\/([^/]+)\/cancel$/.exec(new URL(url).pathname);
    const key = headers.get("Idempotency-Key") ?? "";
    if (ended && key !== "") throw new Error("under a key Stripe would repeat a former refusal");
    return ended ? cancel(ended[1] ?? "") : begin(form, key);
  };
  return {
    answer,
    intents,
    /** The payments of an order that can still be made. */
    openOf: (orderId: string) =>
      [...intents.values()].filter((each) => each.orderId === orderId && each.status === "requires_payment_method"),
    setStatus: (id: string, status: Intent["status"]) => intents.set(id, { ...(intents.get(id) as Intent), status }),
    setSilent: (silent: boolean) => {
      isSilent = silent;
    },
  };
}
