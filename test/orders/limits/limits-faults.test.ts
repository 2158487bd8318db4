import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { sweep } from "../../../src/cron.ts";
import { cutAct, everyCut } from "../../support/cuts.ts";
import { FAULTS, faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { availableAt, cancel, orderOf, place, placedBy } from "../../support/orders/orders.ts";
import { ordersUsing, insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { stockedAhead } from "../../support/shop/ahead.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

// Invariants 3 and 5 of AGENTS.md for uses of limited rules: each outside call of a Worker fails once, in every way.
const UNITS = 100;
const stocked = stockedAhead();
const EXPIRY_MS = 60 * 3_600_000;
/** No operation makes so many outside calls. */
const TOO_MANY = 25;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Shop {
  productIds: string[];
  code: string;
  ruleId: string;
  userId: string;
  key: string;
}

/** Two products, enough for all cuts of a test: a product of its own for each would take most of their time. */
const twoProducts = async () => [await stocked(UNITS), await stocked(UNITS)].toSorted();

/** A customer with a code limited in both ways. */
async function shop(productIds: string[]): Promise<Shop> {
  const { code, ruleId } = await insertPromo({ usageLimit: 2, usageLimitPerCustomer: 2 });
  return { productIds, code, ruleId, userId: newId("user"), key: newId("key") };
}

const placeIn = (deps: Deps, { productIds, code, userId, key }: Shop) =>
  place(deps, orderOf(productIds, 1, { promoCode: code, userId }), key);

async function placedIn({ productIds, code, userId }: Shop): Promise<string> {
  const worker = faultyWorker();
  const { orderId } = await placedBy(worker, String(productIds[0]), { promoCode: code, userId });
  await worker.idle();
  return orderId;
}

interface Operation {
  /** Creates the initial state. */
  before?: (shop: Shop) => Promise<unknown>;
  act: (deps: Deps, shop: Shop) => Promise<unknown>;
  /** Live orders with the code afterwards, for any number of repeats. */
  orders: number;
  isExpiry?: true;
}

async function firstOrder({ userId }: Shop): Promise<string> {
  const [order] = await sqlInD1<{ orderId: string }>("SELECT order_id AS orderId FROM orders WHERE user_id = ?", userId);
  return String(order?.orderId);
}

const OPERATIONS: Record<string, Operation> = {
  "an order with a code": { act: placeIn, orders: 1 },
  "an order with a code whose uses are used up": {
    before: async (here) => [await placedIn(here), await placedIn(here)],
    act: placeIn,
    orders: 2,
  },
  "a cancellation": {
    before: placedIn,
    act: async (deps, here) => cancel(deps, await firstOrder(here), here.key),
    orders: 0,
  },
  "an expiry": { before: placedIn, act: (deps) => sweep(deps), orders: 0, isExpiry: true },
};

describe.for(Object.keys(OPERATIONS))("%s", (name) => {
  const operation = OPERATIONS[name];
  if (!operation) throw new Error(name);

  it.for(FAULTS)(
    "cut after every step (%s): the counted uses are those of live orders, and a repeat changes nothing",
    async (fault, { expect }) => {
      const productIds = await twoProducts();
      const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
        const here = await shop(productIds);
        await operation.before?.(here);
        if (operation.isExpiry) vi.setSystemTime(Date.now() + EXPIRY_MS + 1);
        const isCut = await cutAct(({ deps }) => operation.act(deps, here), at, fault);
        // Ends this order before the next round, because the next sweep would handle it too.
        if (operation.isExpiry) await recover(productIds, 1);
        return { isCut, ...here };
      });

      await recover(productIds, operation.isExpiry ? 3 : 4);
      for (const { at, ...here } of cuts) {
        const live = await ordersUsing(here.code);
        expect(await useCounts(here.ruleId), `${fault} at ${at}`).toMatchObject({ all: live });
        await operation.act(faultyWorker().deps, here);
        await operation.act(faultyWorker().deps, here);
      }
      await recover(productIds);

      for (const { at, ...here } of cuts) {
        expect(await ordersUsing(here.code), `${fault} at ${at}`).toBe(operation.orders);
        const { all, customers } = await useCounts(here.ruleId);
        expect([all, customers[here.userId] ?? 0], `${fault} at ${at}`).toEqual([operation.orders, operation.orders]);
      }
      await expectInvariants(expect, new Map(productIds.map((productId) => [productId, UNITS])));
      expect(steps).toBeGreaterThanOrEqual(2);
      expect(steps).toBeLessThan(TOO_MANY);
    },
  );
});

describe("an order whose code was used up between its quote and its record", () => {
  it.for(FAULTS)("cut after every step from there on (%s): nothing is taken for it", async (fault, { expect }) => {
    const productIds = await twoProducts();
    const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
      const here = await shop(productIds);
      await placedIn(here);
      let [calls, isOvertaken] = [0, false];
      const worker = faultyWorker(
        () => {
          calls += isOvertaken ? 1 : 0;
          return isOvertaken && calls === at ? fault : "none";
        },
        async (call) => {
          if (isOvertaken || call.to !== "d1" || call.nth !== 2) return;
          isOvertaken = true;
          await placedIn(here);
        },
      );

      const ended = placeIn(worker.deps, here).catch(() => undefined);
      await Promise.race([ended.then(() => worker.idle()).catch(() => undefined), worker.died]);
      await worker.deliverLate();
      return { isCut: calls >= at, ...here };
    });
    await recover(productIds);

    for (const { at, ...here } of cuts) {
      expect(await placeIn(faultyWorker().deps, here), `${fault} at ${at}`).toEqual({ code: "total_changed" });
      expect(await useCounts(here.ruleId)).toEqual({ all: 2, customers: { [here.userId]: 2 } });
    }
    expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS - 2 * cuts.length, UNITS]);
    await expectInvariants(expect, new Map(productIds.map((productId) => [productId, UNITS])));
    // Record, its resolution, the second quote, the refusal; and the release.
    expect(steps).toBeGreaterThanOrEqual(4);
    expect(steps).toBeLessThan(TOO_MANY);
  });
});
