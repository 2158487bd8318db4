import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import { duringD1, silenceD1 } from "../../support/d1-faults.ts";
import {
  evict,
  LAZY_FLUSH_MS,
  held,
  msToAlarm,
  overdue,
  stockWith,
  advanceTime,
  recordOrder,
  runAlarm,
  stockOf,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

describe("the alarm", () => {
  it.for<[string, (alarm: { holdId: string; productId: string }) => unknown]>([
    ["D1 fails", () => silenceD1()],
    ["D1 keeps the hold", ({ holdId }) => recordOrder(holdId, { paymentStatus: "pending", payByMs: Date.now() + 60_000 })],
    ["D1 forgets a hold", () => vi.spyOn(StockCounter.prototype, "resolveHolds").mockResolvedValue([])],
    [
      "asking throws",
      () =>
        vi.spyOn(StockCounter.prototype, "resolveHolds").mockImplementation(() => {
          throw new Error("a bug");
        }),
    ],
    ["the object was out of memory", ({ productId }) => evict(productId)],
  ])("is set again after every run that leaves holds: %s", async ([, meanwhile], { expect }) => {
    const own = await overdue();
    await held(own.stock, reserveRequest(1));
    vi.spyOn(console, "error").mockReturnValue();
    await meanwhile(own);

    for (let runs = 0; runs < 3; runs += 1) {
      expect(await runAlarm(own.productId)).toBe(true);
      expect(await msToAlarm(own.productId)).toBeTypeOf("number");
    }
  });

  it("treats an answer without one of the holds as no answer, and asks again later", async ({ expect }) => {
    const { productId, stock } = await overdue();
    vi.spyOn(console, "error").mockReturnValue();
    vi.spyOn(StockCounter.prototype, "resolveHolds").mockResolvedValueOnce([]);

    await runAlarm(productId);

    expect(await msToAlarm(productId)).toBe(2_000);
    await runAlarm(productId);
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("is set for a hold that was reserved while it waited for D1", async ({ expect }) => {
    const { productId, stock } = await overdue();
    duringD1(() => held(stockOf(productId), reserveRequest(1)));

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 1]);
    expect(await msToAlarm(productId)).toBe(TENTATIVE_MS);
  });

  it("is not set when nothing is held and nothing has to be flushed", async ({ expect }) => {
    const { productId, stock } = await overdue();

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await msToAlarm(productId)).toBeNull();
  });

  it("is kept when a later time is needed, and moved forward for an earlier one", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await runAlarm(productId);
    const first = await held(stock, reserveRequest(1));
    advanceTime(30_000);

    await held(stock, reserveRequest(1));
    const afterLater = await msToAlarm(productId);
    await stock.commit(first);
    const afterEarlier = await msToAlarm(productId);

    expect([afterLater, afterEarlier]).toEqual([TENTATIVE_MS - 30_000, LAZY_FLUSH_MS]);
  });

  it("survives an eviction of the object, which knows its time afterwards", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await runAlarm(productId);
    await held(stock, reserveRequest(1));
    await evict(productId);
    advanceTime(30_000);

    await held(stock, reserveRequest(1));

    expect(await msToAlarm(productId)).toBe(TENTATIVE_MS - 30_000);
  });
});
