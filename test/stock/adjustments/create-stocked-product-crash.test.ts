import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { createStockedProduct, type NewStockedProduct } from "../../../src/stock/adjustments/create-stocked-product.ts";
import { FIELD_DEFAULTS } from "../../../src/catalog/rules/product.ts";
import { atD1, type Fault, faultyWorker, type OutsideCall } from "../../support/faults.ts";
import { levelsOf } from "../../support/stock/inventory.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const UNITS = 7;

beforeAll(demoWarehouses);

const STEPS: Record<string, (call: OutsideCall) => boolean> = {
  "the read of the key": atD1("kept answer"),
  "the read of the warehouse": atD1("read warehouse"),
  "the write of the product": atD1("write once"),
  "the receipt of the units": (call) => call.to === "stock" && call.method === "adjust",
};

const at = (step: string, fault: Fault) => (call: OutsideCall) => (STEPS[step]?.(call) ? fault : "none");

/** Each attempt generates an id of its own, as each request does. */
function ask(deps: Deps, sku: string) {
  const productId = newId("prod");
  const fields = { ...FIELD_DEFAULTS, name: "Rice", priceMinor: 15_000 };
  const wanted: NewStockedProduct = {
    productId,
    fields,
    variants: [{ variantId: productId, sku }],
    components: [],
    units: UNITS,
  };
  return createStockedProduct(deps, { id: `key-${sku}`, requestHash: "hash" }, wanted);
}

/** The products and units of all attempts with a SKU. */
async function made(sku: string): Promise<{ productIds: string[]; levels: unknown[] }> {
  const products = await sqlInD1<{ product_id: string }>("SELECT product_id FROM variants WHERE sku = ?", sku);
  const productIds = products.map(({ product_id: productId }) => productId);
  return { productIds, levels: await Promise.all(productIds.map(levelsOf)) };
}

describe.for(Object.keys(STEPS))("a Worker that dies at %s", (step) => {
  it.for(["dies_before", "dies_after"] as const)(
    "(%s): a retry leaves one product with its units once",
    async (fault, { expect }) => {
      const sku = newId("sku");
      const worker = faultyWorker(at(step, fault));
      void ask(worker.deps, sku);
      await worker.died;

      const retried = await ask(faultyWorker().deps, sku);

      const { productIds, levels } = await made(sku);
      expect(productIds).toEqual([retried.product.productId]);
      expect(levels).toEqual([[{ warehouseId: "BLR", onHand: UNITS, reserved: 0 }]]);
      expect(retried.movement).toMatchObject({ kind: "receive", deltaOnHand: UNITS });
    },
  );
});

describe("a lost answer", () => {
  it("of the write of the product is read by the key, and the units are received", async ({ expect }) => {
    const sku = newId("sku");

    const done = await ask(faultyWorker(at("the write of the product", "answer_lost")).deps, sku);

    expect(await made(sku)).toEqual({
      productIds: [done.product.productId],
      levels: [[{ warehouseId: "BLR", onHand: UNITS, reserved: 0 }]],
    });
  });

  it("of the receipt is 503 however often, and a retry with the key finds the units received once", async ({ expect }) => {
    const sku = newId("sku");

    const lost = ask(faultyWorker(at("the receipt of the units", "answer_lost")).deps, sku);

    await expect(lost).rejects.toMatchObject({ code: "unresolved", retryAfterS: 1 });
    const retried = await ask(faultyWorker().deps, sku);
    expect(retried.replayed).toBe(true);
    expect(await levelsOf(retried.product.productId)).toEqual([{ warehouseId: "BLR", onHand: UNITS, reserved: 0 }]);
  });

  it("does not prevent a retry whose warehouse was archived meanwhile", async ({ expect }) => {
    const sku = newId("sku");
    const worker = faultyWorker(at("the receipt of the units", "dies_before"));
    void ask(worker.deps, sku);
    await worker.died;
    await env.DB.prepare("UPDATE warehouses SET status = 'archived' WHERE warehouse_id = 'BLR'").run();

    const retried = await ask(faultyWorker().deps, sku);

    expect(retried.movement).toMatchObject({ onHandAfter: UNITS });
  });
});
