import type { Order } from "../../../src/orders/rules/order.ts";
import { insertIntent } from "../../../src/payments/queries.ts";
import { readStripeEvent } from "../../../src/payments/stripe-event-json.ts";
import { takeStripeEvent } from "../../../src/payments/take-stripe-event.ts";
import type { Random } from "../../support/random.ts";
import type { KnownDispute, StripePayment } from "./acknowledged.ts";
import { expectRefusal, pause, sendUntilAnswered, type Simulation } from "./client.ts";
import { cancelSome, fulfil, refund } from "./staff.ts";

// Stripe as the shop sees it: it reports what happened there, each report until it is answered, some twice, and in any order.

/** An order is paid by Stripe, at once or around the end of its payment window; its first report may be about a failed attempt. */
export async function payByStripe(sim: Simulation): Promise<void> {
  const { random } = sim.scheduler;
  const { orders, stripePayments } = sim.acknowledged;
  const isWaiting = ({ orderId, paymentStatus }: Order) =>
    paymentStatus === "pending" && !stripePayments.some((known) => known.orderId === orderId);
  const unpaid = orders.filter(isWaiting);
  if (unpaid.length === 0) return;
  const order = random.pick(unpaid);
  const { orderId, totalMinor: amountMinor, paymentDueAtMs } = order;
  const payment: StripePayment = {
    orderId,
    intentId: `pi_${orderId}`,
    amountMinor,
    isMade: false,
    isTold: false,
    dispute: undefined,
  };
  stripePayments.push(payment);
  await sendUntilAnswered(sim, `begin ${payment.intentId}`, (deps) =>
    deps.db.batch("begin payment", { intent: insertIntent(payment.intentId, orderId, amountMinor, deps.nowMs()) }),
  );
  if (random.chance(0.3)) await pause(sim, Math.max((paymentDueAtMs ?? 0) - sim.scheduler.nowMs, 0) + random.below(300_000));
  payment.isMade = true;
  const intent = { id: payment.intentId, metadata: { order_id: orderId } };
  const received = { ...intent, amount_received: amountMinor, currency: "inr" };
  const isPaid = deliver(sim, reportOn(sim, "payment_intent.succeeded", received)).then(() => (payment.isTold = true));
  const hasFailed = random.chance(0.2) ? deliver(sim, reportOn(sim, "payment_intent.payment_failed", intent)) : undefined;
  await Promise.all([isPaid, hasFailed, random.chance(0.3) ? disputeOne(sim, payment) : undefined]);
  sim.scheduler.cover("order paid by Stripe");
}

/** A customer disputes a payment. */
export async function dispute(sim: Simulation): Promise<void> {
  const disputable = sim.acknowledged.stripePayments.filter(({ isMade, dispute: known }) => isMade && known === undefined);
  if (disputable.length === 0) return payByStripe(sim);
  await disputeOne(sim, sim.scheduler.random.pick(disputable));
}

/** What a dispute goes through at Stripe: the bank asks first, or takes the money at once; some ends are reversed, some never come. */
const COURSES = [
  ["needs_response", "won"],
  ["needs_response", "lost"],
  ["needs_response", "under_review", "lost"],
  ["needs_response", "lost", "won"],
  ["needs_response", "won", "lost"],
  ["needs_response", "lost", "won", "lost"],
  ["needs_response"],
  ["warning_needs_response", "warning_closed"],
  ["warning_needs_response", "needs_response", "lost"],
  ["warning_needs_response"],
] as const;

async function disputeOne(sim: Simulation, payment: StripePayment): Promise<void> {
  const { random } = sim.scheduler;
  const course = random.pick(COURSES);
  const amountMinor = random.chance(0.6) ? payment.amountMinor : Math.ceil(payment.amountMinor / 3);
  const known: KnownDispute = {
    disputeId: `dp_${payment.intentId}`,
    amountMinor,
    status: course.at(-1) ?? "",
    isOpenSent: false,
    isOpenTold: false,
    isEndSent: false,
    isEndTold: false,
  };
  payment.dispute = known;
  const reports = course.flatMap((status, no) =>
    eventsFor(status, no).map((type) => reportOfDispute(sim, payment, known, type, status)),
  );
  const isInOrder = random.chance(0.5);
  const sent: Promise<void>[] = [];
  const order = sim.acknowledged.orders.find(({ orderId }) => orderId === payment.orderId);
  const meanwhile = random.pick([refund, refund, cancelSome, fulfil]);
  for (const report of isInOrder ? reports : shuffled(random, reports)) {
    sent.push(report());
    // What is in order also waits, so that others act while the dispute is open.
    if (isInOrder) await sent.at(-1);
    if (random.chance(0.3)) sent.push(meanwhile(sim, order));
    await pause(sim, random.pick(isInOrder ? [10, 5_000, 60_000, 300_000] : [0, 10, 500]));
  }
  await Promise.all(sent);
  sim.scheduler.cover(`dispute: ${course.join(", ")}`);
  if (!isInOrder && course.length > 1) sim.scheduler.cover("reports of a dispute in any order");
}

function shuffled<T>(random: Random, all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

/** The types of the events by which Stripe reports a status. */
function eventsFor(status: string, no: number): string[] {
  if (isEnd(status)) return ["closed"];
  const first = no === 0 ? ["created"] : ["updated"];
  return status === "needs_response" ? [...first, "funds_withdrawn"] : first;
}

function reportOfDispute(
  sim: Simulation,
  payment: StripePayment,
  known: KnownDispute,
  type: string,
  status: string,
): () => Promise<void> {
  const { disputeId: id, amountMinor: amount } = known;
  const report = reportOn(sim, `charge.dispute.${type}`, {
    id,
    payment_intent: payment.intentId,
    amount,
    currency: "inr",
    status,
  });
  const isOpen = status === "needs_response" || status === "under_review";
  return async () => {
    if (!payment.isTold) sim.scheduler.cover("dispute before its payment");
    if (isOpen) known.isOpenSent = true;
    if (isEnd(status)) known.isEndSent = true;
    await deliver(sim, report);
    if (isOpen) known.isOpenTold = true;
    if (isEnd(status)) known.isEndTold = true;
  };
}

function isEnd(status: string): boolean {
  return status === "won" || status === "lost" || status === "warning_closed";
}

/** The bytes of a new event. Each is of a later second than the one before. */
function reportOn(sim: Simulation, type: string, object: object): { id: string; body: Uint8Array } {
  sim.keys += 1;
  const id = `evt_${sim.keys} ${type}`;
  return { id, body: new TextEncoder().encode(JSON.stringify({ id, type, created: sim.keys, data: { object } })) };
}

/** Sends an event until the shop has answered it; some twice, at once or later. */
async function deliver(sim: Simulation, { id, body }: { id: string; body: Uint8Array }): Promise<void> {
  const { random } = sim.scheduler;
  const send = async () => {
    const reply = await sendUntilAnswered(sim, id, (deps) => takeStripeEvent(deps, readStripeEvent(body)));
    if ("refusal" in reply) expectRefusal(sim, id, reply.refusal, []);
  };
  if (!random.chance(0.25)) return send();
  sim.scheduler.cover("event of Stripe twice");
  await Promise.all([send(), pause(sim, random.pick([0, 1_000, 100_000])).then(send)]);
}
