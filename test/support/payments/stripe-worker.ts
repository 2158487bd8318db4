import { vi } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { refundOrder } from "../../../src/payments/refund-order.ts";
import { payOutDue } from "../../../src/payments/sweep-steps.ts";
import { faultyWorker } from "../faults.ts";
import { outcomeOf } from "../orders/orders.ts";
import { rowsOf } from "./payments.ts";
import { newId } from "../shop/shop.ts";
import { disputed, notify, shopWithStripe, STRIPE, stripeStub, succeeded, waiting } from "./stripe.ts";

/** An order that was paid by Stripe, and the intent. */
export async function paidByStripe() {
  const order = await waiting();
  const intentId = newId("pi");
  await notify(shopWithStripe().ask, succeeded(order.orderId, order.amount, { id: intentId }));
  return { ...order, intentId };
}

/** An order that was paid by Stripe and then disputed. @param more such as the status at Stripe */
export async function underDispute(more: { status?: string } = {}) {
  const order = await paidByStripe();
  const dispute = { id: newId("dp"), ...more };
  await notify(shopWithStripe().ask, disputed(order.intentId, order.amount, dispute));
  return { ...order, total: order.amount / 100, disputeId: dispute.id };
}

/** Stripe reports that a dispute has ended, at a second of its time. */
export function endDispute(order: { intentId: string; amount: number; disputeId: string }, status: string, at = 9) {
  return notify(
    shopWithStripe().ask,
    disputed(order.intentId, order.amount, { id: order.disputeId, type: "closed", status, at }),
  );
}

/** A Worker with an account at a Stripe that remembers by key what it did, as the real one does. */
export function stripeWorker(
  answers: ("ok" | "pending" | "refused" | "silent")[] = [],
  faultOf?: Parameters<typeof faultyWorker>[0],
) {
  const done = new Map<string, { amount: string | null }>();
  const stub = stripeStub((form, { headers }) => {
    const answer = answers.shift() ?? "ok";
    if (answer === "silent") return Promise.reject(new Error("connection reset"));
    if (answer === "refused") return { status: 400, body: { error: { code: "charge_already_refunded" } } };
    const key = headers.get("Idempotency-Key") ?? "";
    done.set(key, { amount: form.get("amount") });
    return { body: { id: `re_${key}`, status: answer === "pending" ? "pending" : "succeeded" } };
  });
  const worker = faultyWorker(faultOf);
  const change = (deps: Deps): Deps => ({
    ...deps,
    config: { ...deps.config, stripe: STRIPE },
    send: stub.send,
    defer: (work) => worker.deps.defer((later) => work(change(later))),
  });
  return { ...worker, deps: change({ ...worker.deps, defer: () => {} }), done, requests: stub.requests };
}

/** Refunds as the route would, and lets the work after the answer end. */
export async function refundBy(worker: ReturnType<typeof stripeWorker>, orderId: string, amountMinor = 100) {
  await outcomeOf(refundOrder(worker.deps, undefined, { orderId, amountMinor, reason: "Bag torn" }));
  await worker.idle();
}

/** An order's refunds in D1. */
export function refundsOf(orderId: string) {
  return rowsOf<{ refund_id: string; status: string; due_at_ms: number | null; provider_reference: string | null }>(
    "SELECT refund_id, status, due_at_ms, provider_reference FROM refunds WHERE order_id = ? ORDER BY at_ms, refund_id",
    orderId,
  );
}

/** Lets time pass and the sweep tell Stripe what it is owed. */
export async function sweepAfter(worker: ReturnType<typeof stripeWorker>, ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms);
  await payOutDue(worker.deps);
  await worker.idle();
}
