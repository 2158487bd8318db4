import { it } from "vitest";
import { MAX_VALUE_MINOR } from "../../../src/stock/projection/summary-statements.ts";
import { flush, product } from "../../support/shop/shop.ts";
import { adjustment, sqlInD1, stockOf } from "../../support/stock/stock.ts";

const PRODUCTS = 1_000_000;

const sums = () =>
  sqlInD1<{ cost: string; retail: string }>(
    `SELECT CAST(stock_value_minor AS TEXT) AS cost, CAST(retail_value_minor AS TEXT) AS retail FROM inventory_summary
     WHERE scope IN ('shop', 'category')`,
  );

/** @param more how many products of the greatest value to add */
async function others(more: number): Promise<void> {
  const value = String(BigInt(more) * BigInt(MAX_VALUE_MINOR));
  await sqlInD1(`UPDATE inventory_summary SET stock_value_minor = stock_value_minor + ${value},
    retail_value_minor = retail_value_minor + ${value}`);
}

it("a million products of the largest price and quantity are summed exactly, and flushes still work", async ({ expect }) => {
  const { productId } = await product({ price: 10_000_000_000, cost_price: 10_000_000_000, category: "Gold" });
  await others(PRODUCTS - 1);
  await stockOf(productId).adjust(adjustment("receive", 1_000_000_000, { variantId: productId }));

  await flush(productId);

  const whole = String(BigInt(PRODUCTS) * BigInt(MAX_VALUE_MINOR));
  expect(BigInt(whole)).toBeLessThan(2n ** 63n);
  expect(await sums()).toEqual([
    { cost: whole, retail: whole },
    { cost: whole, retail: whole },
  ]);
  await stockOf(productId).adjust(adjustment("count", 0, { variantId: productId }));
  await flush(productId);
  const rest = String(BigInt(PRODUCTS - 1) * BigInt(MAX_VALUE_MINOR));
  expect(await sums()).toEqual([
    { cost: rest, retail: rest },
    { cost: rest, retail: rest },
  ]);
});

it.for([
  ["as it is up to the cap", 9_000_000, 9_000_000_000_000],
  ["as the cap above it", 9_000_001, 9_000_000_000_000],
  ["as it is below it", 8_999_999, 8_999_999_000_000],
] as const)("a product's value is shown %s", async ([, units, value], { expect }) => {
  const { productId } = await product({ price: 10_000 });
  await stockOf(productId).adjust(adjustment("receive", units, { variantId: productId }));

  await flush(productId);

  const query = "SELECT retail_value_minor AS value FROM product_stock WHERE product_id = ?";
  expect(await sqlInD1(query, productId)).toEqual([{ value }]);
});
