import { beforeEach, describe, it } from "vitest";
import { alertsOf, change, flushed, listedProduct as stocked, MIN, move, sell } from "../../support/stock/alerts.ts";
import { held, sqlInD1, stockOf, stopTime, reserveRequest } from "../../support/stock/stock.ts";

beforeEach(stopTime);

describe("a low-stock alert", () => {
  it("opens once when stock falls to the minimum, not once for each order, and closes when it rises above", async ({
    expect,
  }) => {
    const productId = await stocked(8);
    for (let order = 0; order < 3; order += 1) await sell(productId);
    expect(await alertsOf(productId)).toEqual(["low_stock open"]);

    for (let order = 0; order < 4; order += 1) await sell(productId);
    expect(await alertsOf(productId)).toEqual(["low_stock open"]);

    await move(productId, 4);
    expect(await alertsOf(productId)).toEqual(["low_stock open"]);
    await move(productId, 1);
    expect(await alertsOf(productId)).toEqual(["low_stock closed"]);

    await sell(productId);
    expect(await alertsOf(productId)).toEqual(["low_stock closed", "low_stock open"]);
  });

  it("keeps the figures that opened it", async ({ expect }) => {
    const productId = await stocked(4);

    const rows = await sqlInD1<{ details: string }>("SELECT details FROM alerts WHERE subject = ?", productId);

    expect(rows.map(({ details }) => JSON.parse(details) as unknown)).toEqual([
      { product_id: productId, name: "Rice", sku: "RICE", current_stock: 4, min_stock_level: MIN, stock_status: "low_stock" },
    ]);
  });

  it("never opens for a product without a minimum", async ({ expect }) => {
    const productId = await stocked(1, { min_stock_level: null });

    expect(await alertsOf(productId)).toEqual([]);
  });

  it("follows a changed minimum", async ({ expect }) => {
    const productId = await stocked(8);

    await change(productId, "min_stock_level", 8);
    expect(await alertsOf(productId)).toEqual(["low_stock open"]);
    await change(productId, "min_stock_level", 7);
    expect(await alertsOf(productId)).toEqual(["low_stock closed"]);
    await change(productId, "min_stock_level", 9);
    await change(productId, "min_stock_level", null);
    expect(await alertsOf(productId)).toEqual(["low_stock closed", "low_stock closed"]);
  });

  it("counts units held for a payment as unavailable", async ({ expect }) => {
    const productId = await stocked(6);
    const stock = stockOf(productId);
    const holdId = await held(stock, reserveRequest(3));
    await stock.keep(holdId, Date.now() + 600_000);
    await flushed(productId);
    expect(await alertsOf(productId)).toEqual(["low_stock open"]);

    await stock.release(holdId);
    await flushed(productId);

    expect(await alertsOf(productId)).toEqual(["low_stock closed"]);
  });
});

describe("an out-of-stock alert", () => {
  it("opens with the last unit sold and closes with the first received", async ({ expect }) => {
    const productId = await stocked(2, { min_stock_level: null });
    await sell(productId, 2);
    expect(await alertsOf(productId)).toEqual(["out_of_stock open"]);

    await move(productId, 1);

    expect(await alertsOf(productId)).toEqual(["out_of_stock closed"]);
  });

  it("is open beside the low-stock alert", async ({ expect }) => {
    const productId = await stocked(6);

    await sell(productId, 6);
    expect(await alertsOf(productId)).toEqual(["low_stock open", "out_of_stock open"]);
    await move(productId, 3);

    expect(await alertsOf(productId)).toEqual(["low_stock open", "out_of_stock closed"]);
  });

  it("never opens for a product that never had stock", async ({ expect }) => {
    const productId = await stocked(0, { min_stock_level: null });
    await change(productId, "price_minor", 2);

    expect(await alertsOf(productId)).toEqual([]);
  });

  it("closes when the product is archived, and opens again when it is restored without stock", async ({ expect }) => {
    const productId = await stocked(1);
    await sell(productId);

    await change(productId, "status", "archived");
    expect(await alertsOf(productId)).toEqual(["low_stock closed", "out_of_stock closed"]);
    await change(productId, "status", "active");

    expect((await alertsOf(productId)).filter((each) => each.endsWith("open"))).toEqual(["low_stock open", "out_of_stock open"]);
  });
});

describe("the alerts of a bundle", () => {
  it("follow its components", async ({ expect }) => {
    const part = await stocked(0, { min_stock_level: null });
    const bundleId = await stocked(0, { is_bundle: 1, min_stock_level: 2 });
    await sqlInD1("INSERT INTO components VALUES (?, 0, ?, 'v', 2)", bundleId, part);

    await move(part, 6);
    expect(await alertsOf(bundleId)).toEqual([]);
    await sell(part, 1);
    expect(await alertsOf(bundleId)).toEqual(["low_stock open"]);
    await sell(part, 4);
    expect(await alertsOf(bundleId)).toEqual(["low_stock open", "out_of_stock open"]);
    await move(part, 9);

    expect(await alertsOf(bundleId)).toEqual(["low_stock closed", "out_of_stock closed"]);
    expect(await alertsOf(part)).toEqual([]);
  });
});
