import { beforeAll, describe, it } from "vitest";
import { changeProduct } from "../../../src/catalog/change-product.ts";
import { audit } from "../../support/stock/audits.ts";
import { faultyWorker, outcome } from "../../support/faults.ts";
import { demoWarehouses, flush, newId, product, receive } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { keptSummary, recomputedSummary } from "../../support/stock/summary.ts";

// Lists show a change of a product only after a flush of its object. The request for that flush is not in the batch of the change, so
// a Worker may die in between.

beforeAll(demoWarehouses);

const ARCHIVED = { fields: { status: "archived", category: "Oil", priceMinor: 1 } } as const;
const AS_ARCHIVED = { available: 0, is_active: 0, category: "Oil", retail_value_minor: 9 };

async function shownOf(productId: string): Promise<unknown> {
  const [row] = await sqlInD1(
    "SELECT available, is_active, category, retail_value_minor FROM product_stock WHERE product_id = ?",
    productId,
  );
  return row;
}

/** A product of nine units, archived by a Worker that died before it asked the object for a flush. */
async function archivedByTheDead(key: string): Promise<string> {
  const { productId } = await product({ category: "Rice", min_stock_level: 1 });
  await receive(productId, 9);
  await flush(productId);
  const worker = faultyWorker((call) => (call.to === "stock" ? "dies_before" : "none"));
  await outcome(worker, changeProduct(worker.deps, { id: key, requestHash: "h" }, productId, ARCHIVED));
  return productId;
}

describe("a change of a product whose Worker died before it requested the flush", () => {
  it("shows in lists once it is retried with its key", async ({ expect }) => {
    const key = newId("key");
    const productId = await archivedByTheDead(key);
    const worker = faultyWorker();

    const { replayed } = await changeProduct(worker.deps, { id: key, requestHash: "h" }, productId, ARCHIVED);

    expect(replayed).toBe(true);
    expect(await shownOf(productId)).toEqual(AS_ARCHIVED);
    expect(await keptSummary()).toEqual(await recomputedSummary());
  });

  it("shows in lists after an audit, even without a retry", async ({ expect }) => {
    const productId = await archivedByTheDead(newId("key"));

    for (let cursor: string | null | undefined; cursor !== null;) {
      const { body } = await audit(cursor === undefined ? {} : { cursor });
      cursor = body.next_cursor;
    }
    await flush(productId);

    expect(await shownOf(productId)).toEqual(AS_ARCHIVED);
  });
});

describe("an archived warehouse", () => {
  it("no longer counts in lists after an audit", async ({ expect }) => {
    const { productId } = await product({ category: "Rice" });
    await receive(productId, 9, { warehouseId: "DEL" });
    await flush(productId);
    await sqlInD1("UPDATE warehouses SET status = 'archived' WHERE warehouse_id = 'DEL'");

    for (let cursor: string | null | undefined; cursor !== null;) {
      const { body } = await audit(cursor === undefined ? {} : { cursor });
      cursor = body.next_cursor;
    }
    await flush(productId);

    expect(await shownOf(productId)).toMatchObject({ available: 0 });
  });
});
