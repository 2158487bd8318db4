import { beforeAll, describe, it } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { beginPayment } from "../../src/payments/begin-payment.ts";
import { cancelItems } from "../../src/orders/lifecycle/cancel-items.ts";
import { everyCut } from "../support/cuts.ts";
import { atD1, type Fault, FAULTS, faultyWorker, type FaultyWorker, waitingAt } from "../support/faults.ts";
import { soldOrder } from "../support/orders/lifecycle.ts";
import { outcomeOf } from "../support/orders/orders.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { rowsOf } from "../support/payments/payments.ts";
import { STRIPE, stripeStub } from "../support/payments/stripe.ts";
import { stripeAccount } from "../support/payments/stripe-account.ts";

/** No payment is begun by so many outside calls. */
const TOO_MANY = 16;

beforeAll(demoWarehouses);

/** The deps of a Worker whose requests go to an account at Stripe. */
function atStripe(worker: FaultyWorker, send: Deps["send"]): Deps {
  return { ...worker.deps, config: { ...worker.deps.config, stripe: STRIPE }, send };
}

/** An order of three units of which one was cancelled after its payment was begun. */
async function cancelledInPart() {
  const account = stripeAccount();
  const { send } = stripeStub(account.answer);
  const order = await soldOrder(3, { payment_method: "card" });
  const deps = atStripe(faultyWorker(), send);
  const first = await beginPayment(deps, order.orderId);
  await cancelOne(deps, order.orderId);
  return { ...order, ...account, send, first };
}

function cancelOne(deps: Deps, orderId: string) {
  const items = [{ lineNo: 1, quantity: 1 }];
  return outcomeOf(cancelItems(deps, { id: newId("K"), requestHash: "" }, { orderId, items, reason: null, ownedBy: undefined }));
}

/** A Worker whose how-many-th call, to D1 or to Stripe, meets a fault. */
function cutWorker(send: Deps["send"], at: number, fault: Fault) {
  let calls = 0;
  const late: (() => Promise<unknown>)[] = [];
  const next = (): Fault => {
    calls += 1;
    return calls === at ? fault : "none";
  };
  const worker = faultyWorker(next);
  const cutSend: Deps["send"] = async (url, init) => {
    const met = next();
    if (met === "dies_before" || met === "dies_after") {
      if (met === "dies_after") await send(url, init);
      return new Promise<never>(() => {});
    }
    if (met === "late") late.push(() => send(url, init));
    if (met === "lost" || met === "late") throw new Error("fault: the call was lost");
    const answer = await send(url, init);
    if (met === "answer_lost") throw new Error("fault: the answer was lost");
    return answer;
  };
  const deliverLate = async () => {
    await worker.deliverLate();
    for (const run of late.splice(0)) await run();
  };
  return { deps: atStripe(worker, cutSend), died: worker.died, deliverLate, isCut: () => calls >= at };
}

/** A Worker that died in a call to Stripe never answers, so nobody waits longer for it. */
const PATIENCE_MS = 150;

describe("beginning a payment again after a partial cancellation, cut after every step", () => {
  it.for(FAULTS)("(%s) leaves one payment to make, of what is due", async (fault, { expect }) => {
    const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
      const order = await cancelledInPart();
      const worker = cutWorker(order.send, at, fault);
      const silence = new Promise<void>((resolve) => void setTimeout(resolve, PATIENCE_MS));

      await Promise.race([beginPayment(worker.deps, order.orderId).catch(() => undefined), worker.died, silence]);
      await worker.deliverLate();
      const again = await beginPayment(atStripe(faultyWorker(), order.send), order.orderId);

      return { isCut: worker.isCut(), again, open: order.openOf(order.orderId), ...order };
    });

    for (const { at, again, open, first, orderId } of cuts) {
      const rest = (first.amountMinor * 2) / 3;
      expect(open, `${fault} at ${at}`).toMatchObject([{ id: again.intentId, amount: again.amountMinor }]);
      expect(again.amountMinor).toBeLessThan(first.amountMinor);
      expect(again.amountMinor).toBeGreaterThanOrEqual(rest);
      const rows = await rowsOf("SELECT intent_id FROM payment_intents WHERE order_id = ? AND canceled_at_ms IS NULL", orderId);
      expect(rows).toEqual([{ intent_id: again.intentId }]);
    }
    expect(steps).toBeGreaterThanOrEqual(6);
  });
});

describe("a part that is cancelled while a payment is being begun", () => {
  it("is not paid: what is begun is what is due then", async ({ expect }) => {
    const account = stripeAccount();
    const { send } = stripeStub(account.answer);
    const { orderId } = await soldOrder(3, { payment_method: "card" });
    const { worker, waits, goOn } = waitingAt(atD1("begin payment"));
    const healthy = atStripe(faultyWorker(), send);

    const begun = beginPayment(atStripe(worker, send), orderId);
    await waits;
    await cancelOne(healthy, orderId);
    goOn();
    const { intentId, amountMinor } = await begun;

    expect(account.openOf(orderId)).toMatchObject([{ id: intentId, amount: amountMinor }]);
    const [{ total } = { total: 0 }] = await rowsOf<{ total: number }>(
      "SELECT total_minor AS total FROM orders WHERE order_id = ?",
      orderId,
    );
    expect(amountMinor).toBeLessThan(total);
  });
});
