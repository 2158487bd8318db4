import fc from "fast-check";
import { describe, it } from "vitest";
import { allocateLine, type FreeUnits, maxAllocatable, POLICIES, type Policy } from "../../../src/stock/rules/allocate.ts";

const NEAREST_FIRST = ["BLR", "MUM", "DEL"];

/** Free units of the variant by warehouse. */
function freeOf(units: Record<string, number>): FreeUnits {
  return (_, warehouseId) => units[warehouseId] ?? 0;
}

/** `[warehouse, quantity]` of each allocation, or `undefined` where the line is refused. */
function allocated(policy: Policy, quantity: number, units: Record<string, number>, ranking = NEAREST_FIRST) {
  const allocations = allocateLine(policy, ranking, { variantId: "v", quantity }, freeOf(units));
  return allocations?.map((each) => [each.warehouseId, each.quantity]);
}

describe("nearest", () => {
  it("takes all from the nearest warehouse", ({ expect }) => {
    expect(allocated("nearest", 3, { BLR: 3, MUM: 9 })).toEqual([["BLR", 3]]);
  });

  it("refuses what the nearest warehouse lacks, whatever others have", ({ expect }) => {
    expect(allocated("nearest", 4, { BLR: 3, MUM: 9 })).toBeUndefined();
  });
});

describe("nearest_available", () => {
  it("prefers the nearest warehouse with the whole quantity over splitting", ({ expect }) => {
    expect(allocated("nearest_available", 4, { BLR: 3, MUM: 4, DEL: 9 })).toEqual([["MUM", 4]]);
  });

  it("splits from the nearest outward when no warehouse has the whole quantity", ({ expect }) => {
    expect(allocated("nearest_available", 8, { BLR: 3, MUM: 4, DEL: 5 })).toEqual([
      ["BLR", 3],
      ["MUM", 4],
      ["DEL", 1],
    ]);
  });

  it("leaves out warehouses without free units", ({ expect }) => {
    expect(allocated("nearest_available", 8, { BLR: 3, DEL: 5 })).toEqual([
      ["BLR", 3],
      ["DEL", 5],
    ]);
  });

  it("refuses when all warehouses together have too few", ({ expect }) => {
    expect(allocated("nearest_available", 9, { BLR: 3, DEL: 5 })).toBeUndefined();
  });

  it("takes nothing from a warehouse that is not in the ranking", ({ expect }) => {
    expect(allocated("nearest_available", 4, { BLR: 3, MUM: 9 }, ["BLR", "DEL"])).toBeUndefined();
  });
});

describe("single", () => {
  it("takes all from the nearest warehouse with the whole quantity", ({ expect }) => {
    expect(allocated("single", 4, { BLR: 3, MUM: 4, DEL: 9 })).toEqual([["MUM", 4]]);
  });

  it("refuses rather than splits", ({ expect }) => {
    expect(allocated("single", 5, { BLR: 3, MUM: 4 })).toBeUndefined();
  });
});

describe("every policy", () => {
  const cases = fc.record({
    policy: fc.constantFrom(...POLICIES),
    ranking: fc.shuffledSubarray(NEAREST_FIRST),
    quantity: fc.integer({ min: 1, max: 30 }),
    units: fc.record({ BLR: fc.nat(10), MUM: fc.nat(10), DEL: fc.nat(10) }),
  });

  it("supplies a line if and only if it asks for no more than one order can get", ({ expect }) => {
    const property = fc.property(cases, ({ policy, ranking, quantity, units }) => {
      const most = maxAllocatable(policy, ranking, "v", freeOf(units));

      expect(allocated(policy, quantity, units, ranking) !== undefined).toBe(quantity <= most);
    });

    fc.assert(property, { numRuns: 1_000 });
  });

  it("allocates exactly the quantity, at most what is free, each warehouse once, in ranking order", ({ expect }) => {
    const property = fc.property(cases, ({ policy, ranking, quantity, units }) => {
      const allocations = allocateLine(policy, ranking, { variantId: "v", quantity }, freeOf(units));
      fc.pre(allocations !== undefined);
      const from = allocations.map(({ warehouseId }) => warehouseId);

      expect(allocations.reduce((sum, each) => sum + each.quantity, 0)).toBe(quantity);
      expect(allocations.filter((each) => each.quantity < 1 || each.quantity > freeOf(units)("v", each.warehouseId))).toEqual([]);
      expect(from).toEqual(ranking.filter((warehouseId) => from.includes(warehouseId)));
    });

    fc.assert(property, { numRuns: 1_000 });
  });

  it("splits a line only if no eligible warehouse has the whole quantity", ({ expect }) => {
    const property = fc.property(cases, ({ policy, ranking, quantity, units }) => {
      const allocations = allocated(policy, quantity, units, ranking) ?? [];
      fc.pre(allocations.length > 1);

      expect(policy).toBe("nearest_available");
      expect(ranking.filter((warehouseId) => freeOf(units)("v", warehouseId) >= quantity)).toEqual([]);
    });

    fc.assert(property);
  });

  it("supplies nothing if no warehouse may supply", ({ expect }) => {
    const answers = POLICIES.map((policy) => [
      allocated(policy, 1, { BLR: 9 }, []),
      maxAllocatable(policy, [], "v", freeOf({ BLR: 9 })),
    ]);

    expect(answers).toEqual(POLICIES.map(() => [undefined, 0]));
  });
});
