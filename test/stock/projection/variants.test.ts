import { beforeEach, describe, it } from "vitest";
import { alertsOf, flushed, listedProduct } from "../../support/stock/alerts.ts";
import { alertsOfVariant, changeVariant, moveVariant, productOf } from "../../support/stock/variants.ts";
import { held, reserveRequest, sqlInD1, stockOf, stopTime } from "../../support/stock/stock.ts";

beforeEach(stopTime);

/** Rows of variants: the variant, what is available, its status, and whether it is low and out. */
async function rowsOf(productId: string): Promise<unknown[][]> {
  const rows = await sqlInD1<Record<string, unknown>>(
    "SELECT variant_id, available, stock_status, is_low, is_out FROM variant_stock WHERE product_id = ? ORDER BY 1",
    productId,
  );
  return rows.map(({ variant_id: id, ...row }) => [String(id).replace(`${productId}-`, ""), ...Object.values(row)]);
}

async function countLow(): Promise<number> {
  const rows = await sqlInD1<{ low: number }>("SELECT below_minimum AS low FROM inventory_summary WHERE scope = 'variant'");
  return rows[0]?.low ?? 0;
}

describe("the row of a variant", () => {
  it("has its own units and status, and the product's row has their sum", async ({ expect }) => {
    const before = await countLow();
    const productId = await productOf([{ id: "L" }, { id: "M", units: 2, min: 2 }, { id: "S", units: 9, min: 3 }]);

    expect(await rowsOf(productId)).toEqual([
      ["L", 0, "out_of_stock", 0, 0],
      ["M", 2, "low_stock", 1, 0],
      ["S", 9, "in_stock", 0, 0],
    ]);
    expect(await sqlInD1("SELECT available, on_hand, stock_status FROM product_stock WHERE product_id = ?", productId)).toEqual([
      { available: 11, on_hand: 11, stock_status: "in_stock" },
    ]);
    expect(await countLow()).toBe(before + 1);
    await moveVariant(productId, "M", 1);
    expect(await countLow()).toBe(before);
  });

  it("counts reserved and allocated units, and those in archived warehouses or of archived variants, as not available", async ({
    expect,
  }) => {
    const productId = await productOf([
      { id: "M", units: 5 },
      { id: "S", units: 4 },
    ]);
    const stock = stockOf(productId);
    await stock.commit(await held(stock, reserveRequest(2, { variantId: `${productId}-M` })));
    await held(stock, reserveRequest(1, { variantId: `${productId}-M` }));
    await sqlInD1(`INSERT OR IGNORE INTO warehouses VALUES ('OLD', 9, 'Old', 'archived', 'IN', '1', 0, 0, 1, '[]', '[]', 0)`);
    await moveVariant(productId, "M", 7, "OLD");
    expect((await rowsOf(productId)).map(([id, available]) => [id, available])).toEqual([
      ["M", 2],
      ["S", 4],
    ]);

    await changeVariant(productId, "S", "status", "archived");

    expect(await rowsOf(productId)).toEqual([
      ["M", 2, "in_stock", 0, 0],
      ["S", 0, "out_of_stock", 0, 0],
    ]);
    expect(await alertsOfVariant(productId, "S")).toEqual([]);
  });

  it("is not made for the only variant of a product, unless that has a minimum of its own", async ({ expect }) => {
    const productId = await productOf([{ id: "S", units: 9 }]);
    expect(await rowsOf(productId)).toEqual([]);

    await changeVariant(productId, "S", "min_stock_level", 9);
    expect(await rowsOf(productId)).toEqual([["S", 9, "low_stock", 1, 0]]);
    expect(await alertsOfVariant(productId, "S")).toEqual(["low_stock open"]);

    await changeVariant(productId, "S", "min_stock_level", null);
    expect(await rowsOf(productId)).toEqual([["S", 9, "in_stock", 0, 0]]);
    expect(await alertsOfVariant(productId, "S")).toEqual(["low_stock closed"]);
    await moveVariant(productId, "S", -9);
    // The product's own alert says so.
    expect(await alertsOfVariant(productId, "S")).toEqual(["low_stock closed"]);
    expect(await alertsOf(productId)).toEqual(["out_of_stock open"]);
  });

  it("is not made for a bundle", async ({ expect }) => {
    const part = await productOf([
      { id: "S", units: 9 },
      { id: "M", units: 1 },
    ]);
    const bundleId = await listedProduct(0, { is_bundle: 1 });
    await sqlInD1("INSERT INTO components VALUES (?, 0, ?, ?, 1)", bundleId, part, `${part}-M`);
    await stockOf(part).refresh();
    await flushed(part);

    expect(await rowsOf(bundleId)).toEqual([]);
    expect(await sqlInD1("SELECT available FROM product_stock WHERE product_id = ?", bundleId)).toEqual([{ available: 1 }]);
  });
});
