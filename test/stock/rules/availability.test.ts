import { describe, it } from "vitest";
import type { SellableComponent } from "../../../src/catalog/rules/sellable.ts";
import type { Policy } from "../../../src/stock/rules/allocate.ts";
import type { Level } from "../../../src/stock/rules/levels.ts";
import { bundleAvailability, componentAvailability, availabilityOf } from "../../../src/stock/rules/availability.ts";

function level(variantId: string, warehouseId: string, onHand: number, reserved = 0, allocated = 0): Level {
  return { variantId, warehouseId, onHand, reserved, allocated, version: 1 };
}

function reach(policy: Policy, ...ranking: string[]) {
  return { policy, ranking };
}

const LEVELS = [level("v", "BLR", 3, 1), level("v", "MUM", 7, 0, 2), level("other", "BLR", 100)];

describe("the availability of a variant", () => {
  it.for([
    [["nearest_available", "BLR", "MUM"], 7],
    [["nearest_available", "MUM"], 5],
    [["single", "BLR", "MUM"], 5],
    [["nearest", "BLR", "MUM"], 2],
    [["nearest", "DEL", "MUM"], 0],
    [["nearest_available"], 0],
  ] as const)("is under %j %i units", ([[policy, ...ranking], most], { expect }) => {
    const supply = availabilityOf("v", LEVELS, reach(policy, ...ranking), true);

    expect(supply).toEqual({ onHand: 10, reserved: 1, allocated: 2, currentStock: most });
  });

  it("is 0 for archived variants, even with units on hand", ({ expect }) => {
    const supply = availabilityOf("v", LEVELS, reach("nearest_available", "BLR", "MUM"), false);

    expect(supply).toEqual({ onHand: 10, reserved: 1, allocated: 2, currentStock: 0 });
  });
});

describe("the availability of a bundle", () => {
  const part: SellableComponent = {
    index: 0,
    productId: "p",
    variantId: "v",
    quantity: 2,
    productName: "Part",
    sku: "SKU",
    variantName: null,
    productStatus: "active",
    variantStatus: "active",
  };
  const all = reach("nearest_available", "BLR", "MUM");

  it("is what the scarcest component allows, in whole bundles", ({ expect }) => {
    const parts = componentAvailability([part, { ...part, variantId: "other", quantity: 30 }], LEVELS, all);

    expect(parts.map(({ currentStock }) => currentStock)).toEqual([7, 100]);
    expect(bundleAvailability(parts, true)).toEqual({ onHand: 0, reserved: 0, allocated: 0, currentStock: 3 });
  });

  it("is 0 if a component, its product or the bundle is archived, or if it has no components", ({ expect }) => {
    const archived = [
      { ...part, productStatus: "archived" as const },
      { ...part, variantStatus: "archived" as const },
    ];
    const sold = componentAvailability([part], LEVELS, all);

    for (const each of archived)
      expect(bundleAvailability([...sold, ...componentAvailability([each], LEVELS, all)], true).currentStock).toBe(0);
    expect(bundleAvailability([], true).currentStock).toBe(0);
    expect(bundleAvailability(sold, false).currentStock).toBe(0);
  });
});
