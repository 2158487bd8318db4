import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { FAULTS, type FaultyWorker, faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { availableAt, placedBy, stocked } from "../support/orders/orders.ts";
import { confirmBy, expiredOrder, paidOrder, paymentsOf } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

// Taking money, cut at every call to the outside, in every way: alarms and sweep finish it, and a repeat changes nothing.
const UNITS = 5;
/** No payment calls the outside so often. */
const TOO_MANY = 20;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Waiting {
  orderId: string;
  productId: string;
  received: Map<string, number>;
}

interface Case {
  order: () => Promise<Waiting>;
  becomes: { status: string; payment_status: string };
  available: number;
}

const CASES: Record<string, Case> = {
  "money on time": {
    order: async () => {
      const productId = await stocked(UNITS);
      const worker = faultyWorker();
      const { orderId } = await placedBy(worker, productId, { paymentMethod: "card" });
      await worker.idle();
      return { orderId, productId, received: new Map([[productId, UNITS]]) };
    },
    becomes: { status: "PENDING", payment_status: "paid" },
    available: UNITS - 1,
  },
  "late money": {
    // One unit: whoever tries after a dead Worker finds it in that Worker's hold.
    order: () => expiredOrder(1),
    becomes: { status: "PROCESSING", payment_status: "paid" },
    available: 0,
  },
  "late money whose units are gone": {
    order: async () => {
      const expired = await expiredOrder(1);
      await placedBy(faultyWorker(), expired.productId);
      return expired;
    },
    becomes: { status: "CANCELLED", payment_status: "refund_due" },
    available: 0,
  },
};

/** Lets the time pass in which an order may be paid: an alarm that is to commit in place of a lost Worker rings no earlier. */
async function windowEnds(productId: string): Promise<void> {
  vi.setSystemTime(Date.now() + 30 * 60_000);
  await recover([productId]);
}

/** Confirms a payment whose how-many-th call meets a fault, and lets late calls arrive at last. @returns whether there was such a call */
async function cut(orderId: string, reference: string, at: number, fault: (typeof FAULTS)[number]): Promise<boolean> {
  let calls = 0;
  const worker: FaultyWorker = faultyWorker(() => {
    calls += 1;
    return calls === at ? fault : "none";
  });
  const ended = confirmBy(worker.deps, orderId, reference).catch(() => undefined);
  await Promise.race([ended.then(() => worker.idle()).catch(() => undefined), worker.died]);
  await worker.deliverLate();
  return calls >= at;
}

describe.for(Object.keys(CASES))("%s", (name) => {
  const { order, becomes, available } = CASES[name] as Case;

  it.for(FAULTS)(
    "cut after every step (%s): never sold twice, nor paid without goods or a refund that is due",
    async (fault, { expect }) => {
      let steps = 0;
      for (let isCut = true; isCut && steps < TOO_MANY;) {
        const at = steps + 1;
        const waiting = await order();
        const { orderId, productId, received } = waiting;
        const reference = newId("ref");

        isCut = await cut(orderId, reference, at, fault);
        if (isCut) steps = at;
        const isTaken = (await paymentsOf(orderId)).length > 0;
        // What was recorded is finished without any repeat; what was not, and is still in time, goes on waiting.
        if (isTaken) {
          await windowEnds(productId);
          expect(await paidOrder(orderId), `${fault} at ${at}`).toMatchObject(becomes);
          await expectInvariants(expect, received);
        }
        const again = await confirmBy(faultyWorker().deps, orderId, reference);
        await windowEnds(productId);

        expect(again, `${fault} at ${at}`).not.toHaveProperty("code");
        expect(await paidOrder(orderId), `${fault} at ${at}`).toMatchObject(becomes);
        expect(await paymentsOf(orderId)).toHaveLength(1);
        expect(await availableAt(productId), `${fault} at ${at}`).toBe(available);
        await expectInvariants(expect, received);
      }
      expect(steps).toBeGreaterThanOrEqual(3);
      expect(steps).toBeLessThan(TOO_MANY);
    },
  );
});
