import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import type { Adjustment } from "../../../src/stock/rules/messages.ts";
import type { ShortageQuestion, UnitCut } from "../../../src/stock/rules/shortage-messages.ts";
import { faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { bodyOf, inStock, lineOf, placed, send, show, unitsOf } from "../../support/orders/http.ts";
import { cancel } from "../../support/orders/orders.ts";
import { bundle, demoWarehouses } from "../../support/shop/shop.ts";
import { adjustment, evict, held, reserveRequest, runAlarm, sqlIn, stockOf } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A count of units in BLR of a shelf that may be short. */
function countOf(productId: string, counted: number, more: Partial<Adjustment> = {}): Adjustment {
  return adjustment("count", counted, { variantId: productId, onShortage: "keep_oldest", ...more });
}

/** Ten units on the shelf, four of them sold to the older order and three to the newer. */
async function twoOrders() {
  const rice = await inStock(10);
  const orderIds: string[] = [];
  for (const quantity of [4, 3]) {
    vi.setSystemTime(Date.now() + 1);
    orderIds.push((await placed(bodyOf([lineOf(rice, quantity)]))).order_id);
  }
  await vi.waitUntil(async () => String((await unitsOf(rice))["BLR"]) === "10,0,7");
  return { rice, stock: stockOf(rice), older: orderIds[0] ?? "", newer: orderIds[1] ?? "" };
}

/** How many units an order is short of. */
async function shortOf(orderId: string): Promise<number> {
  const { body } = await show<{ items: { allocations: { short: number }[] }[] }>(orderId, { admin: true });
  return body.items.flatMap(({ allocations }) => allocations).reduce((sum, { short }) => sum + short, 0);
}

/** Makes the object's questions to D1 fail, before they arrive or after they were answered, so often. */
function failing(when: "before" | "after", times = 1) {
  const ask = Object.getOwnPropertyDescriptor(StockCounter.prototype, "cutOrders")
    ?.value as typeof StockCounter.prototype.cutOrders;
  const spy = vi.spyOn(StockCounter.prototype, "cutOrders");
  for (let nth = 0; nth < times; nth += 1)
    spy.mockImplementationOnce(async function (this: StockCounter, question: ShortageQuestion): Promise<UnitCut[]> {
      if (when === "after") await ask.call(this, question);
      throw new Error("fault: D1 was lost");
    });
  vi.spyOn(console, "error").mockReturnValue();
}

describe("a count of a shelf that is short", () => {
  it.for(["before", "after"] as const)(
    "whose question is lost %s D1 decided it is carried out by the alarm; until then nothing of it is for sale",
    async (when, { expect }) => {
      const { rice, stock, older, newer } = await twoOrders();
      failing(when);
      const request = countOf(rice, 5);

      const first = await stock.adjust(request);
      const refused = await send(bodyOf([rice]));
      const decided = await shortOf(newer);
      vi.setSystemTime(Date.now() + 10_000);
      await runAlarm(rice);
      const again = await stock.adjust(request);
      const other = await stock.adjust(countOf(rice, 6, { expectedOnHand: 10 }));

      expect([first.outcome, refused.status, other.outcome]).toEqual(["short", 409, "not_as_expected"]);
      expect(decided).toBe(when === "after" ? 2 : 0);
      expect(again).toMatchObject({
        outcome: "moved",
        replayed: true,
        movement: { onHandAfter: 5 },
        cut: [{ orderId: newer, quantity: 2 }],
      });
      expect([await shortOf(older), await shortOf(newer)]).toEqual([0, 2]);
      await recover([rice]);
      await expectInvariants(expect, new Map([[rice, 5]]));
    },
  );

  it("of an order that has the units on two lines takes them from both", async ({ expect }) => {
    const rice = await inStock(10);
    const { productId: kit } = await bundle([{ productId: rice, quantity: 2 }]);
    const { order_id: orderId } = await placed(bodyOf([lineOf(rice, 3), lineOf(kit, 1)]));
    await vi.waitUntil(async () => String((await unitsOf(rice))["BLR"]) === "10,0,5");

    const answer = await stockOf(rice).adjust(countOf(rice, 1));

    expect(answer).toMatchObject({ outcome: "moved", movement: { onHandAfter: 1 }, cut: [{ orderId, quantity: 4 }] });
    expect([await shortOf(orderId), await unitsOf(rice)]).toEqual([4, { BLR: [1, 0, 1] }]);
    await recover([rice]);
    await expectInvariants(expect, new Map([[rice, 1]]));
  });

  it("is carried out by its repeat, although the object was evicted in between", async ({ expect }) => {
    const { rice, newer } = await twoOrders();
    failing("after");
    const request = countOf(rice, 5);
    await stockOf(rice).adjust(request);
    await evict(rice);

    const again = await stockOf(rice).adjust(request);

    expect(again).toMatchObject({ outcome: "moved", replayed: false, movement: { onHandAfter: 5, deltaOnHand: -5 } });
    expect(await shortOf(newer)).toBe(2);
  });

  it("of which the order is cancelled before the object hears that it was cut takes the freed units instead", async ({
    expect,
  }) => {
    const { rice, stock, older, newer } = await twoOrders();
    failing("after");
    const request = countOf(rice, 5);
    await stock.adjust(request);
    const worker = faultyWorker();
    await cancel(worker.deps, newer);
    await worker.idle();

    const again = await stock.adjust(request);

    expect(again).toMatchObject({ outcome: "moved", movement: { onHandAfter: 5 } });
    expect([await shortOf(older), await unitsOf(rice)]).toEqual([0, { BLR: [5, 0, 4] }]);
    await recover([rice]);
    await expectInvariants(expect, new Map([[rice, 5]]));
  });

  it("waits for an order that is being placed, and takes its units once it is given up", async ({ expect }) => {
    const { rice, stock, older, newer } = await twoOrders();
    const request = countOf(rice, 6);
    await held(stock, reserveRequest(3, { variantId: rice }));
    const reserved = await unitsOf(rice);

    const first = await stock.adjust(request);
    const cut = await shortOf(newer);
    await recover([rice]);

    expect([reserved, first.outcome]).toEqual([{ BLR: [10, 3, 7] }, "moved"]);
    expect(cut).toBe(3);
    expect([await shortOf(older), await shortOf(newer)]).toEqual([1, 3]);
    await expectInvariants(expect, new Map([[rice, 6]]));
  });

  it("that orders cannot lose, because all of it is being bought, ends when that is given up", async ({ expect }) => {
    const rice = await inStock(5);
    await held(stockOf(rice), reserveRequest(5, { variantId: rice }));
    const request = countOf(rice, 3);

    const first = await stockOf(rice).adjust(request);
    await recover([rice]);

    expect(first.outcome).toBe("short");
    expect(await unitsOf(rice)).toEqual({ BLR: [3, 0] });
    expect(await stockOf(rice).adjust(request)).toMatchObject({ outcome: "moved", replayed: true });
    expect(await sqlIn(rice, "SELECT 1 FROM shortages")).toEqual([]);
  });

  it("is cut once where it and a repeat of it ask at the same time", async ({ expect }) => {
    const { rice, stock, newer } = await twoOrders();
    const request = countOf(rice, 5);

    const answers = await Promise.all([stock.adjust(request), stock.adjust(request), stock.adjust(request)]);

    expect(answers.map((answer) => answer.outcome)).toEqual(["moved", "moved", "moved"]);
    expect([await shortOf(newer), await unitsOf(rice)]).toEqual([2, { BLR: [5, 0, 5] }]);
  });
});
