import { beforeAll, describe, it } from "vitest";
import type { Query } from "../../../src/db/client.ts";
import {
  findLowWindow,
  findMovementWindow,
  findProductMovementWindow,
  findShopSums,
  findStockWindow,
  findSums,
} from "../../../src/stock/reports/queries.ts";
import { accessPathFor } from "../../../src/stock/rules/inventory.ts";
import { costOf, fillCatalogue } from "../../support/cost/cost.ts";
import { get } from "../../support/http/requests.ts";
import { planOf } from "../../support/cost/plan.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const PRODUCTS = 20_000;
const LIMIT = 20;
/** The budget in docs/architecture.md. */
const BUDGET = 3 * LIMIT + 10;

beforeAll(async () => {
  await fillCatalogue(0, PRODUCTS);
  await sqlInD1(
    `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
     INSERT INTO stock_movements (product_id, seq, kind, variant_id, warehouse_id, delta_on_hand, on_hand_after, reference_type,
       reference_id, actor, at_ms)
     SELECT 'fill-0', i, 'sale', 'fill-0', 'BLR', -1, 1, 'hold', 'ORD.x', 'order', 7 FROM n`,
  );
  await sqlInD1(
    `INSERT INTO variant_stock (product_id, variant_id, available, on_hand, reserved, allocated, stock_status, is_low, is_out, is_active,
       shortfall, sku, finds_product, as_of_ms)
     SELECT product_id, variant_id || '-' || value, 1, 1, 0, 0, 'low_stock', 1, 0, 1, 1, sku, value = 'S', 1
     FROM variants CROSS JOIN json_each('["S","M"]') WHERE product_id LIKE 'fill-1%'`,
  );
  await sqlInD1(
    `UPDATE product_stock SET variants = '[{"status":"active","stockStatus":"low_stock"}]' WHERE product_id LIKE 'fill-1%'`,
  );
}, 120_000);

/** The cursor after a key, as lists encode it. */
function after(key: unknown): string {
  return btoa(JSON.stringify(key)).replaceAll("=", "");
}

describe(`of ${PRODUCTS} products, a page of ${LIMIT}`, () => {
  it.for([
    ["products", "", LIMIT],
    ["products", "q=filler", LIMIT],
    ["products", "category=Category+3", LIMIT],
    ["products", "category=Category+3&stock_status=out_of_stock&warehouse_id=BLR&supplier=Supplier+3", 1],
    ["products", "supplier=Supplier+7", LIMIT],
    ["products", `supplier=Supplier+7&cursor=${after(10_000)}`, LIMIT],
    ["products", "supplier=Supplier+7&stock_status=in_stock", 12],
    ["products", "supplier=Nobody", 0],
    ["products", "warehouse_id=BLR", LIMIT],
    ["products", `warehouse_id=BLR&cursor=${after("fill-5")}`, LIMIT],
    ["products", "warehouse_id=NONE", 0],
    ["products", "stock_status=low_stock", LIMIT],
    ["products", `stock_status=out_of_stock&cursor=${after("fill-5")}`, LIMIT],
    ["products", `cursor=${after(PRODUCTS / 2)}`, LIMIT],
    ["products", "status=archived", 0],
    ["products/low-stock", "", LIMIT],
    ["products/low-stock", `cursor=${after("fill-5")}`, LIMIT],
    ["products/low-stock", `cursor=${after(["fill-10", "fill-10-M"])}`, LIMIT],
    ["products", `stock_status=low_stock&cursor=${after("fill-10")}`, LIMIT],
    ["movements", "", LIMIT],
    ["movements", `cursor=${after([7, "fill-0", 3_000])}`, LIMIT],
    ["movements", "kind=damage", 0],
    ["movements", "to=1970-01-01T00:00:00.007Z", 7],
    ["movements", "actor=nobody", 0],
    ["products/fill-0/movements", "", LIMIT],
    ["products/fill-0/movements", "kind=damage", 0],
    ["products/fill-0/movements", `cursor=${after([7, "fill-0", 3_000])}`, LIMIT],
  ] as const)("of %s by %s reads at most 3 rows an item and 10", async ([path, query, items], { expect }) => {
    const response = await get(`/api/v1/inventory/${path}?limit=${LIMIT}&${query}`, { admin: true });

    expect(response.status).toBe(200);
    const [found] = Object.values(await response.json<Record<string, unknown[]>>());
    expect(costOf(response).rowsRead).toBeLessThanOrEqual(BUDGET);
    expect(found).toHaveLength(items);
  });
});

describe("the statement of a list", () => {
  const ACTIVE = { status: "active" } as const;

  it.for<[string, Query<unknown>, string]>([
    ["words", findStockWindow(accessPathFor({ ...ACTIVE, q: "rice" }), 5, LIMIT), "VIRTUAL TABLE INDEX"],
    ["a supplier", findStockWindow(accessPathFor({ ...ACTIVE, supplier: "Asha" }), 5, LIMIT), "products_supplier"],
    ["a warehouse", findStockWindow(accessPathFor({ ...ACTIVE, warehouseId: "BLR" }), "p", LIMIT), "stock_levels_warehouse"],
    ["movements", findMovementWindow({ atMs: 1, productId: "p", seq: 1 }, LIMIT), "stock_movements_at"],
    ["a product's movements", findProductMovementWindow({ atMs: 1, productId: "p", seq: 1 }, LIMIT), "PRIMARY KEY"],
    ["the shop's sums", findShopSums(), "PRIMARY KEY"],
    ["categories", findSums("category", LIMIT), "PRIMARY KEY"],
  ])("by %s uses its index, scans no table and sorts nothing", async ([, query, index], { expect }) => {
    const plan = await planOf(query);

    expect(plan[0]).toContain(index);
    expect(
      plan.filter((line) => (line.startsWith("SCAN") && !line.includes("VIRTUAL TABLE INDEX")) || line.includes("B-TREE")),
    ).toEqual([]);
  });

  it.for<[string, Query<unknown>, string, string]>([
    [
      "a stock status",
      findStockWindow(accessPathFor({ ...ACTIVE, stockStatus: "in_stock" }), "p", LIMIT),
      "COVERING INDEX product_stock_status",
      "COVERING INDEX variant_stock_status",
    ],
    ["what is low", findLowWindow(["p", "v"], LIMIT), "INDEX product_stock_low", "COVERING INDEX variant_stock_low"],
  ])("by %s merges two indexes, scans no table and sorts nothing", async ([, query, ofProducts, ofVariants], { expect }) => {
    const plan = await planOf(query);

    expect(plan.filter((line) => line.includes("MERGE"))).toHaveLength(1);
    expect(plan.join("\n")).toContain(ofProducts);
    expect(plan.join("\n")).toContain(ofVariants);
    // What was merged is walked in its order. A product's row is sorted among those with its id, of which it is the only one.
    const isOwn = (line: string) => /^SCAN (l|found)$/.test(line) || line === "USE TEMP B-TREE FOR LAST TERM OF ORDER BY";
    expect(plan.filter((line) => !isOwn(line) && (line.startsWith("SCAN") || line.includes("B-TREE")))).toEqual([]);
  });
});
