import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { createStockedProduct, type NewStockedProduct } from "../../../src/stock/adjustments/create-stocked-product.ts";
import { FIELD_DEFAULTS } from "../../../src/catalog/rules/product.ts";
import { type Fault, faultyWorker, type OutsideCall } from "../../support/faults.ts";
import { levelsOf } from "../../support/stock/inventory.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const UNITS = 7;

beforeAll(demoWarehouses);

const STEPS: Record<string, (call: OutsideCall) => boolean> = {
  "the reading of the key": (call) => call.to === "d1" && call.nth === 1,
  "the reading of the warehouse": (call) => call.to === "d1" && call.nth === 2,
  "the writing of the product": (call) => call.to === "d1" && call.nth === 3,
  "the booking of the units": (call) => call.to === "stock" && call.method === "adjust",
};

const at = (step: string, fault: Fault) => (call: OutsideCall) => (STEPS[step]?.(call) ? fault : "none");

/** Every try would make an id of its own, as every request does. */
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

/** What of all tries under a SKU there is at the end. */
async function made(sku: string): Promise<{ productIds: string[]; levels: unknown[] }> {
  const products = await sqlInD1<{ product_id: string }>("SELECT product_id FROM variants WHERE sku = ?", sku);
  const productIds = products.map(({ product_id: productId }) => productId);
  return { productIds, levels: await Promise.all(productIds.map(levelsOf)) };
}

describe.for(Object.keys(STEPS))("a Worker that dies at %s", (step) => {
  it.for(["dies_before", "dies_after"] as const)(
    "and %s it: a retry leaves one product with its units once",
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

describe("an answer that is lost", () => {
  it("at the writing of the product: the key's own answer is read, and the units follow", async ({ expect }) => {
    const sku = newId("sku");

    const done = await ask(faultyWorker(at("the writing of the product", "answer_lost")).deps, sku);

    expect(await made(sku)).toEqual({
      productIds: [done.product.productId],
      levels: [[{ warehouseId: "BLR", onHand: UNITS, reserved: 0 }]],
    });
  });

  it("at the booking of the units, however often: 503 with the same key, and the retry finds them booked once", async ({
    expect,
  }) => {
    const sku = newId("sku");

    const lost = ask(faultyWorker(at("the booking of the units", "answer_lost")).deps, sku);

    await expect(lost).rejects.toMatchObject({ code: "unresolved", retryAfterS: 1 });
    const retried = await ask(faultyWorker().deps, sku);
    expect(retried.replayed).toBe(true);
    expect(await levelsOf(retried.product.productId)).toEqual([{ warehouseId: "BLR", onHand: UNITS, reserved: 0 }]);
  });

  it("does not hinder a retry whose warehouse was closed meanwhile", async ({ expect }) => {
    const sku = newId("sku");
    const worker = faultyWorker(at("the booking of the units", "dies_before"));
    void ask(worker.deps, sku);
    await worker.died;
    await env.DB.prepare("UPDATE warehouses SET status = 'archived' WHERE warehouse_id = 'BLR'").run();

    const retried = await ask(faultyWorker().deps, sku);

    expect(retried.movement).toMatchObject({ onHandAfter: UNITS });
  });
});
