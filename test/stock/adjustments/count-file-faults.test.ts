import { beforeAll, describe, it } from "vitest";
import { importCounts } from "../../../src/stock/adjustments/import-counts.ts";
import type { CountRow } from "../../../src/stock/rules/count-file.ts";
import { FAULTS, faultyWorker } from "../../support/faults.ts";
import { demoWarehouses, newId, stockedProduct } from "../../support/shop/shop.ts";
import { stateOf } from "../../support/stock/stock.ts";

// What cuts an import of counts short: each call that it makes fails once in each way, and the file comes again with its key.

beforeAll(demoWarehouses);

/** The key and the places, what is pending, and one call for each of two products. */
const CALLS = 4;

function rowOf(productId: string, row: number): CountRow {
  return { row, sku: `SKU-${productId}`, warehouseId: "BLR", counted: 3, expectedOnHand: 5, errors: [] };
}

describe("an import of counts that was cut short", () => {
  it.for(FAULTS)("records each count once when it is repeated with its key: %s, at each call", async (fault, { expect }) => {
    for (let cut = 1; cut <= CALLS; cut += 1) {
      const ids = [(await stockedProduct(5)).productId, (await stockedProduct(5)).productId];
      const key = { id: newId("key"), requestHash: "h" };
      const request = { rows: ids.map((productId, index) => rowOf(productId, index + 1)), reason: "Count", dryRun: false };
      let calls = 0;
      const worker = faultyWorker(() => ((calls += 1) === cut ? fault : "none"));
      await Promise.race([worker.died, importCounts(worker.deps, key, request).catch(() => undefined)]);
      await worker.deliverLate();

      const again = await importCounts(faultyWorker().deps, key, request);

      expect(again.map(({ outcome, onHand }) => [outcome, onHand])).toEqual([
        ["counted", 3],
        ["counted", 3],
      ]);
      for (const productId of ids) {
        const { levels, differences } = await stateOf(productId);
        expect([levels[0]?.onHand, differences]).toEqual([3, []]);
      }
    }
  });
});
