import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { StockCounter } from "../../src/index.ts";
import {
  adjustment,
  duringD1,
  evict,
  FLUSH_MS,
  held,
  msToAlarm,
  ownStockOf,
  passTime,
  projectionOf,
  recordOrder,
  runAlarm,
  silenceD1,
  stockOf,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  wanted,
} from "../support/stock.ts";

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

/** Two of five units under a hold that has run out. */
async function overdue() {
  const own = await ownStockOf(5);
  const holdId = await held(own.stock, wanted(2));
  passTime(TENTATIVE_MS);
  return { ...own, holdId };
}

describe("while D1 is silent (PROTOCOL A4)", () => {
  it("every unit stays taken, and the tries come after 2 s, 4 s, 8 s … and at most 60 s", async ({ expect }) => {
    const { productId, stock } = await overdue();
    silenceD1();
    const waits: (number | null)[] = [];

    for (let tries = 0; tries < 8; tries += 1) {
      await runAlarm(productId);
      const wait = await msToAlarm(productId);
      waits.push(wait);
      passTime(wait ?? 0);
    }

    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("no change of stock brings the next try forward", async ({ expect }) => {
    const { productId, stock } = await overdue();
    silenceD1();
    await runAlarm(productId);
    passTime(10);

    await stock.adjust(adjustment("receive", 1));
    await held(stock, wanted(1));

    expect(await msToAlarm(productId)).toBe(1_990);
  });

  it("reservations, commits and releases go on", async ({ expect }) => {
    const { productId, stock } = await overdue();
    silenceD1();
    await runAlarm(productId);

    await stock.commit(await held(stock, wanted(1)));
    await stock.release(await held(stock, wanted(2)));

    expect(await unitsOf(stock)).toEqual([4, 2]);
  });

  it("nothing is lost: the first try after it resolves the holds, flushes, and starts the waits anew", async ({ expect }) => {
    const { productId, stock } = await overdue();
    const endSilence = silenceD1();
    await runAlarm(productId);
    await runAlarm(productId);
    endSilence();

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
    expect(await msToAlarm(productId)).toBeNull();
    await stock.adjust(adjustment("receive", 1));
    passTime(FLUSH_MS);
    silenceD1();
    await runAlarm(productId);
    expect(await msToAlarm(productId)).toBe(2_000);
  });

  it("a hold that D1 already decided stays decided when only the flush fails", async ({ expect }) => {
    const { productId, stock } = await overdue();
    const real = env.DB.batch.bind(env.DB);
    vi.spyOn(console, "error").mockReturnValue();
    vi.spyOn(env.DB, "batch").mockImplementationOnce(real).mockRejectedValueOnce(new Error("D1 is down"));

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await projectionOf(productId)).toEqual([]);
    await runAlarm(productId);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });
});

describe("the alarm", () => {
  it.for<[string, (alarm: { holdId: string; productId: string }) => unknown]>([
    ["D1 fails", () => silenceD1()],
    ["D1 keeps the hold", ({ holdId }) => recordOrder(holdId, { paymentStatus: "pending", payByMs: Date.now() + 60_000 })],
    ["D1 forgets a hold", () => vi.spyOn(StockCounter.prototype, "fateOf").mockResolvedValue([])],
    [
      "asking throws",
      () =>
        vi.spyOn(StockCounter.prototype, "fateOf").mockImplementation(() => {
          throw new Error("a bug");
        }),
    ],
    ["the object was out of memory", ({ productId }) => evict(productId)],
  ])("is set again after every run that leaves holds behind: %s", async ([, meanwhile], { expect }) => {
    const own = await overdue();
    await held(own.stock, wanted(1));
    vi.spyOn(console, "error").mockReturnValue();
    await meanwhile(own);

    for (let runs = 0; runs < 3; runs += 1) {
      expect(await runAlarm(own.productId)).toBe(true);
      expect(await msToAlarm(own.productId)).toBeTypeOf("number");
    }
  });

  it("is set for a hold that was reserved while it waited for D1", async ({ expect }) => {
    const { productId, stock } = await overdue();
    duringD1(() => held(stockOf(productId), wanted(1)));

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 1]);
    expect(await msToAlarm(productId)).toBe(TENTATIVE_MS);
  });

  it("is not set when nothing is held and nothing is owed", async ({ expect }) => {
    const { productId, stock } = await overdue();

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await msToAlarm(productId)).toBeNull();
  });

  it("stays where it is when a later reason comes, and comes forward for an earlier one", async ({ expect }) => {
    const { productId, stock } = await ownStockOf(5);
    await runAlarm(productId);
    const first = await held(stock, wanted(1));
    passTime(30_000);

    await held(stock, wanted(1));
    const afterLater = await msToAlarm(productId);
    await stock.commit(first);
    const afterEarlier = await msToAlarm(productId);

    expect([afterLater, afterEarlier]).toEqual([TENTATIVE_MS - 30_000, FLUSH_MS]);
  });

  it("survives that the object is taken out of memory, and is known to it afterwards", async ({ expect }) => {
    const { productId, stock } = await ownStockOf(5);
    await runAlarm(productId);
    await held(stock, wanted(1));
    await evict(productId);
    passTime(30_000);

    await held(stock, wanted(1));

    expect(await msToAlarm(productId)).toBe(TENTATIVE_MS - 30_000);
  });
});
