import fc from "fast-check";
import { describe, it } from "vitest";
import { shareOut } from "../../../src/orders/rules/share.ts";

const WAREHOUSES = ["BLR", "MUM", "DEL"];

/** Needs of some lines, and allocations per variant of exactly their sum, split among warehouses at random. */
const cases = fc
  .array(fc.record({ variantId: fc.constantFrom("a", "b", "c"), quantity: fc.integer({ min: 1, max: 50 }) }), { maxLength: 12 })
  .chain((wanted) => {
    const needs = wanted.map((need, index) => ({ ...need, lineNo: index + 1, productId: `p-${need.variantId}` }));
    const cuts = fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 2, maxLength: 2 });
    return fc.tuple(cuts, cuts, cuts).map((byVariant) => ({
      needs,
      allocations: ["a", "b", "c"].flatMap((variantId, index) => cut(variantId, sumOf(needs, variantId), byVariant[index] ?? [])),
    }));
  });

function cut(variantId: string, units: number, cuts: number[]) {
  const [low = 0, high = 0] = cuts.map((each) => Math.min(each, units)).toSorted((a, b) => a - b);
  const parts = [low, high - low, units - high];
  return parts
    .map((quantity, index) => ({ variantId, warehouseId: WAREHOUSES[index] ?? "", quantity }))
    .filter(({ quantity }) => quantity > 0);
}

function sumOf(rows: readonly { variantId: string; quantity: number }[], variantId: string): number {
  return rows.filter((row) => row.variantId === variantId).reduce((sum, { quantity }) => sum + quantity, 0);
}

describe("shareOut", () => {
  it("conserves units: every line gets what it needs, every warehouse gives what it allocated", ({ expect }) => {
    fc.assert(
      fc.property(cases, ({ needs, allocations }) => {
        const shared = shareOut(needs, allocations);

        for (const need of needs)
          expect(
            sumOf(
              shared.filter(({ lineNo }) => lineNo === need.lineNo),
              need.variantId,
            ),
          ).toBe(need.quantity);
        for (const { variantId, warehouseId, quantity } of allocations) {
          expect(
            sumOf(
              shared.filter((each) => each.warehouseId === warehouseId),
              variantId,
            ),
          ).toBe(quantity);
        }
        expect(shared.every(({ quantity, productId, variantId }) => quantity > 0 && productId === `p-${variantId}`)).toBe(true);
      }),
    );
  });

  it("names a warehouse once for each line and variant, which is the key of its row", ({ expect }) => {
    fc.assert(
      fc.property(cases, ({ needs, allocations }) => {
        const keys = shareOut(needs, allocations).map(
          ({ lineNo, variantId, warehouseId }) => `${lineNo} ${variantId} ${warehouseId}`,
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it("changes neither of its lists", ({ expect }) => {
    const allocations = [{ variantId: "a", warehouseId: "BLR", quantity: 3 }];

    shareOut([{ lineNo: 1, productId: "p-a", variantId: "a", quantity: 3 }], allocations);

    expect(allocations).toEqual([{ variantId: "a", warehouseId: "BLR", quantity: 3 }]);
  });

  it("fails where the objects allocated more or less than the lines need", ({ expect }) => {
    const need = { lineNo: 1, productId: "p", variantId: "a", quantity: 3 };
    const of = (quantity: number) => [{ variantId: "a", warehouseId: "BLR", quantity }];

    expect(() => shareOut([need], of(2))).toThrow("less was allocated");
    expect(() => shareOut([need], of(4))).toThrow("more was allocated");
    expect(() => shareOut([need], [...of(3), { variantId: "b", warehouseId: "BLR", quantity: 1 }])).toThrow("more was allocated");
  });
});
