import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { sweep } from "../../../src/cron.ts";
import { cutAct, everyCut } from "../../support/cuts.ts";
import { type Fault, faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { availableAt, cancel, moveTo, orderOf, ordersOf, place, takeBack } from "../../support/orders/orders.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

// D1 decides first, then the objects follow (S1, S2). Each operation is interrupted at every call of D1 and of objects, in every way.
const UNITS = 5;
const stocked = stockedAhead();
const BOUGHT = 2;
const EXPIRY_MS = 60 * 3_600_000;
const FAULTS: Fault[] = ["dies_before", "dies_after", "lost", "answer_lost", "late"];

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Sold {
  productIds: string[];
  orderId: string;
}

/** Changes an order. @returns the result, or the code of its refusal */
type Act = (deps: Deps, sold: Sold, key: string) => Promise<unknown>;

interface Operation {
  act: Act;
  /** The status afterwards, and the available units of each product. */
  becomes: string;
  available: number[];
  isExpiry?: true;
}

const OPERATIONS: Record<string, Operation> = {
  cancel: {
    act: (deps, { orderId }, key) => cancel(deps, orderId, key),
    becomes: "CANCELLED",
    available: [UNITS, UNITS],
  },
  "return of all": {
    act: (deps, { orderId, productIds }, key) =>
      takeBack(
        deps,
        orderId,
        productIds.map((productId) => ({ productId, quantity: BOUGHT })),
        key,
      ),
    becomes: "RETURNED",
    available: [UNITS, UNITS],
  },
  "return of a part, some of it damaged": {
    act: (deps, { orderId, productIds: [first = "", second = ""] }, key) =>
      takeBack(
        deps,
        orderId,
        [
          { productId: first, quantity: 1 },
          { productId: second, quantity: 1, condition: "damaged" },
        ],
        key,
      ),
    becomes: "PROCESSING",
    available: [UNITS - 1, UNITS - BOUGHT],
  },
  "expiry by the sweep": {
    act: (deps) => sweep(deps),
    becomes: "EXPIRED",
    available: [UNITS, UNITS],
    isExpiry: true,
  },
};

/** An order of two products, one of them from two warehouses; in processing unless it is to expire. */
async function sold({ isExpiry }: Operation, commits: boolean): Promise<Sold> {
  const productIds = [await stocked({ BLR: 1, MUM: UNITS - 1 }), await stocked(UNITS)].toSorted();
  const worker = faultyWorker((call) => (!commits && call.to === "stock" && call.method === "commit" ? "lost" : "none"));
  const answer = await place(worker.deps, orderOf(productIds, BOUGHT));
  if (!("order" in answer)) throw new Error(answer.code);
  await worker.idle();
  const { orderId } = answer.order;
  if (isExpiry) vi.setSystemTime(Date.now() + EXPIRY_MS + 1);
  else await moveTo(faultyWorker().deps, orderId, "PROCESSING");
  return { productIds, orderId };
}

/** No operation makes so many calls: read, write, two objects, the deletion of pending actions; the sweep has more batches. */
const TOO_MANY = 20;

describe.for(Object.keys(OPERATIONS))("%s", (name) => {
  const operation = OPERATIONS[name];
  if (!operation) throw new Error(name);

  it.for(FAULTS.flatMap((fault) => [true, false].map((commits): [Fault, boolean] => [fault, commits])))(
    "cut after every step (%s, sale committed: %s): the sweep finishes it, all invariants hold, and nothing happens twice",
    async ([fault, commits], { expect }) => {
      const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
        const order = await sold(operation, commits);
        const key = newId("key");
        const isCut = await cutAct(({ deps }) => operation.act(deps, order, key), at, fault);
        // Ends this order before the next round, because the next sweep would handle it too.
        if (operation.isExpiry) await recover(order.productIds, 1);
        return { isCut, key, ...order };
      });
      const everything = cuts.flatMap(({ productIds }) => productIds);
      const received = new Map(everything.map((productId) => [productId, UNITS]));
      const statusOf = async ({ productIds }: Sold) => (await ordersOf(String(productIds[0])))[0]?.status;

      await recover(everything, operation.isExpiry ? 3 : 4);
      await expectInvariants(expect, received);
      for (const cut of cuts) {
        const isDone = (await statusOf(cut)) === operation.becomes;
        if (isDone && name !== "return of a part, some of it damaged") {
          expect(await Promise.all(cut.productIds.map(availableAt)), `${fault} at ${cut.at}`).toEqual(operation.available);
        }
        if (!operation.isExpiry) await operation.act(faultyWorker().deps, cut, cut.key);
      }
      await recover(everything);

      for (const cut of cuts) {
        expect(await statusOf(cut), `${fault} at ${cut.at}`).toBe(operation.becomes);
        expect(await Promise.all(cut.productIds.map(availableAt)), `${fault} at ${cut.at}`).toEqual(operation.available);
      }
      await expectInvariants(expect, received);
      expect(steps).toBeGreaterThanOrEqual(4);
      expect(steps).toBeLessThan(TOO_MANY);
    },
  );
});

describe("an order that was returned before its sale was committed", () => {
  it("counts its units once: the alarm commits the hold, although the order is RETURNED", async ({ expect }) => {
    const operation = OPERATIONS["return of all"] as Operation;
    const order = await sold(operation, false);

    await operation.act(faultyWorker().deps, order, newId("key"));
    await recover(order.productIds);

    expect(await Promise.all(order.productIds.map(availableAt))).toEqual([UNITS, UNITS]);
    await expectInvariants(expect, new Map(order.productIds.map((productId) => [productId, UNITS])));
  });
});
