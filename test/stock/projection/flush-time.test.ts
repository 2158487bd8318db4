import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { duringD1 } from "../../support/d1-faults.ts";
import { cartEdit } from "../../support/stock/cart-holds.ts";
import {
  evict,
  FLUSH_MS,
  held,
  LAZY_FLUSH_MS,
  msToAlarm,
  stockWith,
  advanceTime,
  projectionOf,
  runAlarm,
  stockOf,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

describe("the time of a flush (F3)", () => {
  it("is one interval after a change", async ({ expect }) => {
    const { productId } = await stockWith(9);

    expect(await msToAlarm(productId)).toBe(FLUSH_MS);
  });

  it("is not set by a reservation alone", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    await runAlarm(productId);

    await held(stock, reserveRequest(2));

    expect(await msToAlarm(productId)).toBe(TENTATIVE_MS);
  });

  it("is lazy after a cart reserved units, and an earlier alarm neither cancels it nor moves it forward", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    await runAlarm(productId);
    await stock.setCart(cartEdit("CRT-1", 1, 2));
    expect(await msToAlarm(productId)).toBe(LAZY_FLUSH_MS);
    await runAlarm(productId);
    expect(await msToAlarm(productId)).toBe(LAZY_FLUSH_MS);

    advanceTime(LAZY_FLUSH_MS);
    await runAlarm(productId);

    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });

  it.for([
    ["commit", LAZY_FLUSH_MS],
    ["release", FLUSH_MS],
    ["cancelHold", FLUSH_MS],
    ["ship", FLUSH_MS],
  ] as const)(
    "comes after %s ended a reservation in %i ms: after a sale, which left what is available as it was, in ten intervals",
    async ([end, afterMs], { expect }) => {
      const { productId, stock } = await stockWith(9);
      await runAlarm(productId);
      advanceTime(FLUSH_MS);
      const holdId = await held(stock, reserveRequest(2));

      const lines = [{ variantId: "v", warehouseId: "BLR", quantity: 2 }];

      if (end === "ship") await stock.ship({ holdId, shipmentId: "ship", lines, actor: "order" });
      else await stock[end](holdId);

      expect(await msToAlarm(productId)).toBe(afterMs);
      advanceTime(afterMs);
      await runAlarm(productId);
      expect(await projectionOf(productId)).toEqual(await stock.levels());
    },
  );

  it("is not delayed by a sale, and is one interval after another change that follows it", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    await runAlarm(productId);
    advanceTime(FLUSH_MS);
    const [first, second] = [await held(stock, reserveRequest(1)), await held(stock, reserveRequest(1))];

    await stock.commit(first);
    await stock.release(second);

    expect(await msToAlarm(productId)).toBe(FLUSH_MS);
    await stock.commit(await held(stock, reserveRequest(1)));
    expect(await msToAlarm(productId)).toBe(FLUSH_MS);
  });

  it("is not set by a reservation during the last flush", async ({ expect }) => {
    const { productId } = await stockWith(9);
    duringD1(() => held(stockOf(productId), reserveRequest(2)));

    await runAlarm(productId);

    expect(await msToAlarm(productId)).toBe(TENTATIVE_MS);
  });

  it("is lazy after a sale during the last flush, and one interval after it if anything else changed too", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    const [first, second, third] = [
      await held(stock, reserveRequest(1)),
      await held(stock, reserveRequest(1)),
      await held(stock, reserveRequest(1)),
    ];
    duringD1(() => stockOf(productId).commit(first));
    await runAlarm(productId);
    expect(await msToAlarm(productId)).toBe(LAZY_FLUSH_MS);
    advanceTime(LAZY_FLUSH_MS);
    duringD1(async () => {
      await stockOf(productId).commit(second);
      await stockOf(productId).release(third);
    });

    await runAlarm(productId);

    expect(await msToAlarm(productId)).toBe(FLUSH_MS);
  });

  it("is one interval after the last flush for units that an early alarm expired", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    await stock.setCart(cartEdit("CRT-1", 1, 2, { untilMs: Date.now() + FLUSH_MS + 1 }));
    advanceTime(FLUSH_MS);
    await runAlarm(productId);
    await stock.commit(await held(stock, reserveRequest(1)));
    advanceTime(1);

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([9, 0, 1]);
    expect(await msToAlarm(productId)).toBe(FLUSH_MS - 1);
  });

  it("is at most once per interval, however many orders arrive", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    const batch = vi.spyOn(env.DB, "batch");
    await runAlarm(productId);
    for (let orders = 0; orders < 5; orders += 1) {
      await stock.commit(await held(stock, reserveRequest(1)));
      advanceTime(FLUSH_MS / 10);
      await runAlarm(productId);
    }
    const soFar = batch.mock.calls.length;
    advanceTime((await msToAlarm(productId)) ?? 0);

    await runAlarm(productId);

    expect([soFar, batch.mock.calls.length]).toEqual([1, 2]);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });

  it("is kept when the object is evicted", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    await evict(productId);

    expect(await runAlarm(productId)).toBe(true);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });
});
