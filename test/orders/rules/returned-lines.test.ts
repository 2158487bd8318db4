import fc from "fast-check";
import { describe, it } from "vitest";
import type { LineAllocation, OrderItem } from "../../../src/orders/rules/order.ts";
import { creditedByReturns, returnedByLine, type ReturnedRow } from "../../../src/orders/rules/returned-lines.ts";

function item(lineNo: number, variantId: string, quantity: number, lineTotalMinor: number): OrderItem {
  const price = { unitPriceMinor: 0, discountMinor: 0, lineTotalMinor, taxMinor: 0, taxBps: 0, discounts: [] };
  return { lineNo, productId: variantId, variantId, sku: variantId, name: variantId, quantity, cancelled: 0, ...price };
}

function from(lineNo: number, variantId: string, quantity: number, warehouseId = "BLR"): LineAllocation {
  return { lineNo, productId: variantId, variantId, warehouseId, quantity, shipped: quantity, cancelled: 0, short: 0 };
}

/** Three cups from two warehouses; two beds of four slats and one board each; and five slats by themselves. */
const ORDER = {
  items: [item(1, "cup", 3, 300), item(2, "bed", 2, 1_000), item(3, "slat", 5, 50)],
  allocations: [from(1, "cup", 2), from(1, "cup", 1, "MUM"), from(2, "slat", 8), from(2, "board", 2, "DEL"), from(3, "slat", 5)],
  totalMinor: 1_399,
  taxIncluded: true,
  currency: "INR",
};

const back = (returnId: string, variantId: string, quantity: number): ReturnedRow => {
  return { returnId, variantId, quantity, atMs: Number(returnId) };
};

describe("the lines whose units came back", () => {
  it.for([
    ["none", [], [0, 0, 0], 0],
    ["a unit, whatever warehouse it went to", [back("1", "cup", 1)], [1, 0, 0], 100],
    ["a bundle by its parts", [back("1", "slat", 4), back("1", "board", 1)], [0, 1, 0], 500],
    ["a bundle in two returns", [back("1", "board", 1), back("2", "slat", 9)], [0, 1, 5], 550],
    ["a part of a bundle, which has no price", [back("1", "board", 2)], [0, 0, 0], 0],
    ["what was bought both ways, by itself first", [back("1", "slat", 4)], [0, 0, 4], 40],
    ["more of it than was bought by itself", [back("1", "slat", 9)], [0, 0, 5], 50],
    ["a bundle and units beside it", [back("1", "slat", 6), back("1", "board", 1)], [0, 1, 2], 520],
    ["all, with the delivery", [back("1", "cup", 3), back("2", "slat", 13), back("3", "board", 2)], [3, 2, 5], 1_399],
  ] as const)("%s", ([, returns, units, value], { expect }) => {
    expect([...returnedByLine(ORDER, returns).values()]).toEqual(units);
    expect(creditedByReturns(ORDER, returns)).toBe(value);
  });

  it("never fall in value, whichever parts come back in whichever returns, and all are the total", ({ expect }) => {
    const all = [...Array.from({ length: 3 }, () => "cup"), ...Array.from({ length: 13 }, () => "slat"), "board", "board"];
    const order = fc.shuffledSubarray(all, { minLength: all.length });
    fc.assert(
      fc.property(order, fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }), (variants, together) => {
        let returnNo = 1;
        const rows: ReturnedRow[] = [];
        let [value, closed] = [0, 0];
        for (const [at, variantId] of variants.entries()) {
          if (together[at] !== true) {
            // The value within one return may move between lines; from one return to the next it only grows.
            expect(value).toBeGreaterThanOrEqual(closed);
            closed = value;
            returnNo += 1;
          }
          rows.push(back(String(returnNo), variantId, 1));
          value = creditedByReturns(ORDER, rows);
        }
        expect(value).toBe(1_399);
      }),
      { numRuns: 300 },
    );
  });
});
