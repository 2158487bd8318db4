import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { cutAct, everyCut } from "../support/cuts.ts";
import { FAULTS, faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { availableAt, placedBy } from "../support/orders/orders.ts";
import { confirmBy, expiredOrder, moneyOf, paymentsOf } from "../support/payments/payments.ts";
import { stockedAhead } from "../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

// A payment is interrupted at every outside call, in every way: alarms and sweep finish it, and a repeat changes nothing.
const UNITS = 5;
const stocked = stockedAhead();
/** No payment makes so many outside calls. */
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
    // One unit: an attempt after a dead Worker finds it in that Worker's hold.
    order: () => expiredOrder(1, { stocked }),
    becomes: { status: "PROCESSING", payment_status: "paid" },
    available: 0,
  },
  "late money whose units are gone": {
    order: async () => {
      const expired = await expiredOrder(1, { stocked });
      await placedBy(faultyWorker(), expired.productId);
      return expired;
    },
    becomes: { status: "CANCELLED", payment_status: "refund_due" },
    available: 0,
  },
};

/** Ends the payment window: the alarm that commits in place of a lost Worker does not run earlier. */
async function windowEnds(waiting: readonly Waiting[]): Promise<void> {
  vi.setSystemTime(Date.now() + 30 * 60_000);
  await recover(waiting.map(({ productId }) => productId));
}

describe.for(Object.keys(CASES))("%s", (name) => {
  const { order, becomes, available } = CASES[name] as Case;

  it.for(FAULTS)(
    "cut after every step (%s): never sold twice, nor paid without units or a refund due",
    async (fault, { expect }) => {
      const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
        const waiting = { ...(await order()), reference: newId("ref") };
        const { orderId, reference } = waiting;
        const isCut = await cutAct(({ deps }) => confirmBy(deps, orderId, reference), at, fault);
        const isTaken = (await paymentsOf(orderId)).length > 0;
        // A payment that was not recorded and is still in time is sent again at once.
        const again = isTaken ? undefined : await confirmBy(faultyWorker().deps, orderId, reference);
        return { isCut, isTaken, again, ...waiting };
      });
      const received = new Map(cuts.flatMap((cut) => [...cut.received]));
      const orderIds = cuts.map(({ orderId }) => orderId);
      const expectDone = async (
        money: Awaited<ReturnType<typeof moneyOf>>,
        { orderId, productId, at }: (typeof cuts)[number],
      ) => {
        expect(money.get(orderId), `${fault} at ${at}`).toEqual({ ...becomes, payments: 1 });
        expect(await availableAt(productId), `${fault} at ${at}`).toBe(available);
      };

      // A recorded payment is finished without a repeat.
      await windowEnds(cuts);
      const finished = await moneyOf(orderIds);
      for (const cut of cuts) {
        if (cut.isTaken) expect(finished.get(cut.orderId), `${fault} at ${cut.at}`).toMatchObject(becomes);
        else await expectDone(finished, cut);
      }
      await expectInvariants(expect, received);
      const taken = cuts.filter(({ isTaken }) => isTaken);
      for (const cut of taken) cut.again = await confirmBy(faultyWorker().deps, cut.orderId, cut.reference);
      await windowEnds(taken);

      const repeated = await moneyOf(orderIds);
      for (const cut of cuts) {
        expect(cut.again, `${fault} at ${cut.at}`).not.toHaveProperty("code");
        await expectDone(repeated, cut);
      }
      await expectInvariants(expect, received);
      expect(steps).toBeGreaterThanOrEqual(3);
      expect(steps).toBeLessThan(TOO_MANY);
    },
  );
});
