import { beforeEach, describe, it } from "vitest";
import { alertsOf, flushed, listedProduct } from "../../support/stock/alerts.ts";
import { cartEdit, cartLine } from "../../support/stock/cart-holds.ts";
import { alertsOfVariant, productOf } from "../../support/stock/variants.ts";
import {
  advanceTime,
  evict,
  FLUSH_MS,
  held,
  LAZY_FLUSH_MS,
  msToAlarm,
  reserveRequest,
  runAlarm,
  sqlInD1,
  stockOf,
  stopTime,
} from "../../support/stock/stock.ts";

// Sales may wait for their flush, unless a list or an alert says something that is no longer true (F3).

beforeEach(stopTime);

/** Sells units. @returns after how long they are flushed */
async function sell(productId: string, units: number, variantId: string): Promise<number | null> {
  const stock = stockOf(productId);
  await stock.commit(await held(stock, reserveRequest(units, { variantId })));
  return msToAlarm(productId);
}

describe("a sale", () => {
  it("that reaches the minimum is told at once, and the sales before and after it are lazy", async ({ expect }) => {
    const productId = await productOf([{ id: "S", units: 10 }], { min: 5 });
    advanceTime(LAZY_FLUSH_MS);
    expect(await sell(productId, 4, `${productId}-S`)).toBe(LAZY_FLUSH_MS);

    expect(await sell(productId, 1, `${productId}-S`)).toBe(0);
    await runAlarm(productId);

    expect(await alertsOf(productId)).toEqual(["low_stock open"]);
    expect(await sell(productId, 1, `${productId}-S`)).toBe(LAZY_FLUSH_MS);
  });

  it("that takes the last unit of a variant is told, although the product has others", async ({ expect }) => {
    const productId = await productOf([
      { id: "M", units: 2 },
      { id: "S", units: 90 },
    ]);
    advanceTime(LAZY_FLUSH_MS);
    expect(await sell(productId, 1, `${productId}-M`)).toBe(LAZY_FLUSH_MS);

    expect(await sell(productId, 1, `${productId}-M`)).toBe(0);
    await runAlarm(productId);

    expect(await alertsOfVariant(productId, "M")).toEqual(["out_of_stock open"]);
  });

  it("that leaves too few units for a bundle, or for the bundle's minimum, is told", async ({ expect }) => {
    const part = await productOf([{ id: "S", units: 10 }]);
    const bundleId = await listedProduct(0, { is_bundle: 1, min_stock_level: 2 });
    await sqlInD1("INSERT INTO components VALUES (?, 0, ?, ?, 3)", bundleId, part, `${part}-S`);
    await stockOf(part).refresh();
    await flushed(part);
    advanceTime(LAZY_FLUSH_MS);

    expect(await sell(part, 1, `${part}-S`)).toBe(LAZY_FLUSH_MS);
    expect(await sell(part, 1, `${part}-S`)).toBe(0);
    await runAlarm(part);
    expect(await alertsOf(bundleId)).toEqual(["low_stock open"]);
    advanceTime(FLUSH_MS);
    expect(await sell(part, 6, `${part}-S`)).toBe(0);
    await runAlarm(part);
    expect(await alertsOf(bundleId)).toEqual(["low_stock open", "out_of_stock open"]);
  });

  it("that crosses within an interval of the last flush waits for its end", async ({ expect }) => {
    const productId = await productOf([{ id: "S", units: 10 }], { min: 5 });
    advanceTime(300);

    expect(await sell(productId, 5, `${productId}-S`)).toBe(FLUSH_MS - 300);
  });

  it("after an eviction is told within one interval, because the object does not know its limits", async ({ expect }) => {
    const productId = await productOf([{ id: "S", units: 10 }], { min: 5 });
    await evict(productId);

    expect(await sell(productId, 1, `${productId}-S`)).toBe(FLUSH_MS);
  });
});

describe("a cart", () => {
  it("that reserves the last units is told at once, and so is that they are free again", async ({ expect }) => {
    const productId = await productOf([{ id: "S", units: 3 }]);
    const stock = stockOf(productId);
    advanceTime(LAZY_FLUSH_MS);
    const edit = (editNo: number, units: number) => cartEdit("CRT-1", editNo, 0, { lines: [cartLine(`${productId}-S`, units)] });
    await stock.setCart(edit(1, 3));
    expect(await msToAlarm(productId)).toBe(0);
    await runAlarm(productId);
    expect(await alertsOf(productId)).toEqual(["out_of_stock open"]);
    advanceTime(LAZY_FLUSH_MS);

    await stock.setCart(edit(2, 0));
    advanceTime((await msToAlarm(productId)) ?? 0);
    await runAlarm(productId);

    expect(await alertsOf(productId)).toEqual(["out_of_stock closed"]);
  });
});
