import fc from "fast-check";
import { describe, it } from "vitest";
import type { LineAllocation, OrderItem } from "../../../src/orders/rules/order.ts";
import { decideReturn, type WantedReturn } from "../../../src/orders/rules/returns.ts";
import type { ReturnedUnits } from "../../../src/orders/rules/timeline.ts";

function item(lineNo: number, productId: string, quantity: number, variantId = productId): OrderItem {
  const price = { unitPriceMinor: 1, discountMinor: 0, lineTotalMinor: quantity, taxMinor: 0, taxBps: 0, discounts: [] };
  return { lineNo, productId, variantId, sku: variantId, name: productId, quantity, cancelled: 0, ...price };
}

function from(lineNo: number, variantId: string, warehouseId: string, quantity: number): LineAllocation {
  return {
    lineNo,
    productId: variantId.split("-")[0] ?? variantId,
    variantId,
    warehouseId,
    quantity,
    shipped: quantity,
    cancelled: 0,
    short: 0,
  };
}

function want(productId: string, quantity: number, more: Partial<WantedReturn> = {}): WantedReturn {
  return { productId, quantity, condition: "sellable", ...more };
}

/** Three cups from two warehouses; two beds of four slats and one board each; and five slats by themselves. */
const ORDER = {
  status: "COMPLETED" as const,
  items: [item(1, "cup", 3), item(2, "bed", 2), item(3, "slat", 5)],
  allocations: [
    from(1, "cup", "BLR", 2),
    from(1, "cup", "MUM", 1),
    from(2, "slat", "BLR", 8),
    from(2, "board", "DEL", 2),
    from(3, "slat", "BLR", 5),
  ],
};

function unitsOf(decided: ReturnType<typeof decideReturn>): string[] {
  if ("refused" in decided) throw new Error(`refused: ${JSON.stringify(decided.refused)}`);
  return decided.units.map((unit) => `${unit.quantity} ${unit.condition} ${unit.variantId} ${unit.warehouseId}`);
}

function pastOf(...wanted: WantedReturn[]): ReturnedUnits[] {
  const decided = decideReturn(ORDER, [], wanted);
  if ("refused" in decided) throw new Error("refused");
  return decided.units;
}

describe("a return", () => {
  it.for([
    ["goes to the warehouses that supplied it, in their order", [want("cup", 3)], ["2 sellable cup BLR", "1 sellable cup MUM"]],
    ["of a part fills the first warehouse first", [want("cup", 1)], ["1 sellable cup BLR"]],
    ["of a bundle is its components'", [want("bed", 1)], ["4 sellable slat BLR", "1 sellable board DEL"]],
    ["of one component of a bundle is possible", [want("board", 1)], ["1 sellable board DEL"]],
    ["of what is sold by itself and in a bundle counts both", [want("slat", 13)], ["13 sellable slat BLR"]],
    [
      "keeps conditions apart",
      [want("cup", 1), want("cup", 2, { condition: "damaged" })],
      ["1 sellable cup BLR", "1 damaged cup BLR", "1 damaged cup MUM"],
    ],
    ["of the same thing in two lines is one entry", [want("cup", 1), want("cup", 1)], ["2 sellable cup BLR"]],
  ] as const)("%s", ([, wanted, units], { expect }) => {
    expect(unitsOf(decideReturn(ORDER, [], wanted))).toEqual(units);
  });

  it.for([
    ["more than was bought", [], want("cup", 4), 3],
    ["more than was bought less what came back", pastOf(want("cup", 2)), want("cup", 2), 1],
    ["what came back damaged", pastOf(want("cup", 3, { condition: "damaged" })), want("cup", 1), 0],
    ["a bundle whose component came back", pastOf(want("board", 2)), want("bed", 1), 0],
    ["a bundle of which too few slats are left", pastOf(want("slat", 6)), want("bed", 2), 1],
    ["what the order does not have", [], want("rice", 1), 0],
    ["another variant", [], want("cup", 1, { variantId: "cup-red" }), 0],
  ] as const)("of %s is refused with the returnable quantity", ([, past, wanted, returnable], { expect }) => {
    const { quantity: requested, productId, variantId = null } = wanted;

    expect(decideReturn(ORDER, past, [wanted])).toEqual({
      refused: [{ index: 0, productId, variantId, requested, returnable }],
    });
  });

  it.for([
    ["to a warehouse that supplied nothing", "CHN", ["3 sellable cup CHN"]],
    ["to one of those that supplied it", "MUM", ["3 sellable cup MUM"]],
  ] as const)("is brought %s in one entry", ([, to, units], { expect }) => {
    expect(unitsOf(decideReturn(ORDER, [], [want("cup", 3)], { to }))).toEqual(units);
  });

  it.for([
    ["elsewhere", "CHN", ["1 sellable cup MUM"]],
    ["to the last of the warehouses that supplied it", "MUM", ["1 sellable cup BLR"]],
    ["to the first", "BLR", ["1 sellable cup MUM"]],
  ] as const)("counts what was brought %s, over all warehouses", ([, to, rest], { expect }) => {
    const past = [{ productId: "cup", variantId: "cup", warehouseId: to, quantity: 2, condition: "sellable" as const }];

    expect(decideReturn(ORDER, past, [want("cup", 2)])).toMatchObject({ refused: [{ requested: 2, returnable: 1 }] });
    expect(unitsOf(decideReturn(ORDER, past, [want("cup", 1)]))).toEqual(rest);
  });

  it("is refused whole when one line is too many, also when the lines together are", ({ expect }) => {
    expect(decideReturn(ORDER, [], [want("bed", 1), want("cup", 2), want("cup", 2)])).toEqual({
      refused: [{ index: 2, productId: "cup", variantId: null, requested: 2, returnable: 1 }],
    });
  });

  it("is everything when no unit is left, whatever its condition and however many returns it took", ({ expect }) => {
    const most = pastOf(want("cup", 3, { condition: "damaged" }), want("bed", 2));

    expect(decideReturn(ORDER, [], [want("cup", 3), want("bed", 2)])).toMatchObject({ isEverything: false });
    expect(decideReturn(ORDER, most, [want("slat", 4)])).toMatchObject({ isEverything: false });
    expect(decideReturn(ORDER, most, [want("slat", 5)])).toMatchObject({ isEverything: true });
  });

  it("never returns more than was allocated to a warehouse, in any steps", ({ expect }) => {
    const wanted = fc.array(
      fc.record({ productId: fc.constantFrom("cup", "bed", "slat", "board"), quantity: fc.integer({ min: 1, max: 6 }) }),
      { minLength: 1, maxLength: 3 },
    );
    const property = fc.property(fc.array(wanted, { maxLength: 12 }), (steps) => {
      const past: ReturnedUnits[] = [];
      for (const step of steps) {
        const decided = decideReturn(
          ORDER,
          past,
          step.map((each) => ({ ...each, condition: "sellable" })),
        );
        if ("units" in decided) past.push(...decided.units);
      }
      for (const place of new Set(ORDER.allocations.map(({ variantId, warehouseId }) => `${variantId} ${warehouseId}`))) {
        const at = (unit: { variantId: string; warehouseId: string }) => `${unit.variantId} ${unit.warehouseId}` === place;
        const sum = (units: readonly { variantId: string; warehouseId: string; quantity: number }[]) =>
          units.filter(at).reduce((total, { quantity }) => total + quantity, 0);
        expect(sum(past)).toBeLessThanOrEqual(sum(ORDER.allocations));
      }
    });

    fc.assert(property);
  });

  it("never returns more of a variant than has left, wherever its units are brought", ({ expect }) => {
    const step = fc.record({
      productId: fc.constantFrom("cup", "bed", "slat", "board"),
      quantity: fc.integer({ min: 1, max: 6 }),
      to: fc.constantFrom(undefined, "BLR", "MUM", "CHN"),
    });
    const property = fc.property(fc.array(step, { maxLength: 16 }), (steps) => {
      const past: ReturnedUnits[] = [];
      let isEverything = false;
      for (const { to, ...each } of steps) {
        const decided = decideReturn(ORDER, past, [{ ...each, condition: "sellable" }], { to });
        if ("refused" in decided) continue;
        past.push(...decided.units);
        ({ isEverything } = decided);
      }
      const sum = (units: readonly { variantId: string; quantity: number }[], variantId: string) =>
        units.filter((each) => each.variantId === variantId).reduce((total, { quantity }) => total + quantity, 0);
      const left = ["cup", "slat", "board"].map((variantId) => sum(ORDER.allocations, variantId) - sum(past, variantId));
      expect(Math.min(...left)).toBeGreaterThanOrEqual(0);
      expect(isEverything).toBe(Math.max(...left) === 0);
    });

    fc.assert(property);
  });
});
