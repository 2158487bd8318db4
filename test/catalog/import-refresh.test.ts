import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { importProducts } from "../../src/catalog/bulk/import-products.ts";
import type { ImportRow } from "../../src/catalog/rules/import-file.ts";
import { StockCounter } from "../../src/index.ts";
import { refreshStale } from "../../src/stock/audit/refresh-stale.ts";
import { atD1, faultyWorker, outcome } from "../support/faults.ts";
import { get } from "../support/http/requests.ts";
import { importRows } from "../support/shop/bulk.ts";
import { bundle, demoWarehouses, flush, newId, product, receive } from "../support/shop/shop.ts";
import { keptSummary, recomputedSummary } from "../support/stock/summary.ts";
import { sqlInD1, stockOf } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

const SUITE = { admin: true };

/** A product with units in two warehouses, flushed. */
async function stocked(fields: Record<string, unknown> = {}): Promise<string> {
  const { productId } = await product({ category: "Rice", min_stock_level: 1, ...fields });
  await receive(productId, 6);
  await receive(productId, 3, { warehouseId: "MUM" });
  await flush(productId);
  return productId;
}

/** All that lists, sums and alerts are made of. Times and random ids are left out. */
async function figures(): Promise<Record<string, unknown[]>> {
  return {
    products: await sqlInD1(
      `SELECT product_id, available, on_hand, reserved, allocated, stock_status, is_low, shortfall, levels, variants, is_active, category,
         stock_value_minor, retail_value_minor FROM product_stock ORDER BY product_id`,
    ),
    variants: await sqlInD1(
      `SELECT product_id, variant_id, available, on_hand, stock_status, is_low, is_out, is_active, shortfall, sku, name, finds_product
       FROM variant_stock ORDER BY product_id, variant_id`,
    ),
    alerts: await sqlInD1("SELECT kind, subject, details FROM alerts WHERE closed_at_ms IS NULL ORDER BY kind, subject"),
    summary: [await keptSummary()],
  };
}

const rowOf = (
  productId: string,
  fields: ImportRow["wanted"] extends infer W ? (W extends { fields: infer F } ? F : never) : never,
): ImportRow => ({
  row: 1,
  productId,
  wanted: { productId, fields },
  errors: [],
});

/** Imports as the route would, and waits for what follows the answer. */
async function imported(rows: ImportRow[], key = newId("key"), worker = faultyWorker()) {
  const done = await outcome(worker, importProducts(worker.deps, { id: key, requestHash: "h" }, rows));
  await worker.idle().catch(() => undefined);
  return done;
}

const stale = () => sqlInD1("SELECT product_id FROM stale_products");

describe("an import of products with stock", () => {
  it("computes what lists, sums and alerts show without calling an object, as the objects would", async ({ expect }) => {
    const ids = [await stocked(), await stocked(), await stocked()];
    const several = await product({
      variants: ["red", "blue"].map((name) => ({ variant_id: newId(name), sku: newId("sku"), name, min_stock_level: 2 })),
    });
    const unstocked = (await product({})).productId;
    await bundle([{ productId: ids[0] ?? "" }, { productId: ids[1] ?? "", quantity: 2 }]);
    const refresh = vi.spyOn(StockCounter.prototype, "refresh");
    const open = vi.spyOn(env.STOCK, "getByName");

    await imported([
      rowOf(ids[0] ?? "", { minStockLevel: 20, category: "Oil", priceMinor: 7 }),
      rowOf(ids[1] ?? "", { status: "archived" }),
      rowOf(ids[2] ?? "", { costMinor: 5 }),
      rowOf(several.productId, { category: "Paint", minStockLevel: 4 }),
      rowOf(unstocked, { category: "Salt", minStockLevel: 1 }),
    ]);
    const calls = [refresh.mock.calls.length, open.mock.calls.length];
    vi.restoreAllMocks();
    const bySets = await figures();
    for (const productId of [...ids, several.productId, unstocked]) await stockOf(productId).refresh({ flushFirst: true });

    expect(calls).toEqual([0, 0]);
    expect(bySets).toEqual(await figures());
    expect(await keptSummary()).toEqual(await recomputedSummary());
    expect(await stale()).toEqual([]);
    expect(bySets["alerts"]).toContainEqual(expect.objectContaining({ kind: "low_stock", subject: ids[0] }));
    expect(bySets["products"]).toContainEqual(
      expect.objectContaining({ product_id: ids[0], category: "Oil", available: 9, is_low: 1, retail_value_minor: 63 }),
    );
  });

  it("shows its progress under the id of its answer", async ({ expect }) => {
    const productId = await stocked();
    const rows = [
      { product_id: productId, name: "Rice", price: 3 },
      { product_id: newId(), name: "Salt", price: 1 },
    ];

    const { response } = await importRows(rows, { key: newId("key") });
    const { import_id: id } = await response.clone().json<{ import_id: string }>();
    const progress = await vi.waitUntil(async () => {
      const shown = await (await get(`/api/v1/products/imports/${id}`, SUITE)).json<Record<string, unknown>>();
      return shown["status"] === "finished" ? shown : undefined;
    });

    expect(response.headers.get("Location")).toBe(`/api/v1/products/imports/${id}`);
    expect(progress).toMatchObject({ import_id: id, rows: { total: 2, done: 2 }, lists: { total: 1, done: 1 } });
  });

  it("has no progress where it wrote nothing, and none is known under another id", async ({ expect }) => {
    const { response } = await importRows([{ product_id: newId(), price: -1 }]);

    expect([await response.clone().json(), response.headers.get("Location")]).toMatchObject([{ import_id: null }, null]);
    expect((await get(`/api/v1/products/imports/${newId()}`, SUITE)).status).toBe(404);
    expect((await get(`/api/v1/products/imports/${newId()}`)).status).toBe(401);
  });
});

describe("what an import owes lists", () => {
  it.for([
    ["its Worker dies before it begins", "find stale products", "dies_before"],
    ["D1 loses the refresh", "refresh products", "lost"],
    ["its Worker dies before the refresh", "refresh products", "dies_before"],
    ["its Worker dies after the refresh", "refresh products", "dies_after"],
    ["the answer of the refresh is lost", "refresh products", "answer_lost"],
  ] as const)("is done by the cron where %s", async ([, batch, fault], { expect }) => {
    const productId = await stocked();
    const worker = faultyWorker((call) => (atD1(batch)(call) ? fault : "none"));
    const running = importProducts(worker.deps, { id: newId("key"), requestHash: "h" }, [rowOf(productId, { category: "Oil" })]);
    await running;
    await Promise.race([worker.died, worker.idle().catch(() => undefined)]);

    await refreshStale(faultyWorker().deps);

    expect(await stale()).toEqual([]);
    expect(await sqlInD1("SELECT category FROM product_stock WHERE product_id = ?", productId)).toEqual([{ category: "Oil" }]);
  });

  it("is in the batch of the change: without the change nothing is owed", async ({ expect }) => {
    const productId = await stocked();
    const worker = faultyWorker((call) => (atD1("write once")(call) ? "lost" : "none"));
    const failing = importProducts(worker.deps, undefined, [rowOf(productId, { category: "Oil" })]);

    await expect(failing).rejects.toMatchObject({ code: "unresolved" });

    expect(await stale()).toEqual([]);
  });

  it("is done once by two runs at once, and again after a change in between", async ({ expect }) => {
    const ids = await Promise.all(Array.from({ length: 3 }, () => stocked()));
    const worker = faultyWorker((call) => (atD1("find stale products")(call) ? "lost" : "none"));
    await imported(
      ids.map((productId) => rowOf(productId, { category: "Oil" })),
      newId("key"),
      worker,
    );

    await Promise.all([refreshStale(faultyWorker().deps), refreshStale(faultyWorker().deps)]);

    expect(await stale()).toEqual([]);
    expect(await keptSummary()).toEqual(await recomputedSummary());
  });

  it("is a step of the cron", async ({ expect }) => {
    const productId = await stocked();
    await sqlInD1("UPDATE products SET category = 'Tea' WHERE product_id = ?", productId);
    await sqlInD1("INSERT INTO stale_products VALUES (?, 'import')", productId);

    const { default: worker } = await import("../../src/index.ts");
    const waits: Promise<unknown>[] = [];
    await worker.scheduled(createScheduledController(), env, {
      waitUntil: (work: Promise<unknown>) => void waits.push(work),
    } as ExecutionContext);

    expect(await sqlInD1("SELECT category FROM product_stock WHERE product_id = ?", productId)).toEqual([{ category: "Tea" }]);
  });
});
