import { it } from "vitest";
import { negativePriceError, applyVariants, MAX_VARIANTS } from "../../../src/catalog/rules/variants.ts";

const BEFORE = [
  { variantId: "a", position: 0, sku: "A", name: "Small", status: "active" as const, priceAdjustmentMinor: 0 },
  { variantId: "b", position: 1, sku: "B", name: null, status: "archived" as const, priceAdjustmentMinor: -50 },
];

it("changes the given fields of a known variant, and keeps its position and the others", ({ expect }) => {
  const { all, changed, added, errors } = applyVariants(BEFORE, [{ variantId: "b", name: "Large", status: "active" }]);

  const b = { variantId: "b", position: 1, sku: "B", name: "Large", status: "active", priceAdjustmentMinor: -50 };
  expect({ all, changed, added, errors }).toEqual({ all: [BEFORE[0], b], changed: [b], added: [], errors: [] });
});

it("clears a name with null", ({ expect }) => {
  expect(applyVariants(BEFORE, [{ variantId: "a", name: null }]).all[0]).toMatchObject({ name: null, sku: "A" });
});

it("adds unknown variants at the end, and requires their SKU", ({ expect }) => {
  const { added, errors } = applyVariants(BEFORE, [{ variantId: "c", sku: "C" }, { variantId: "d" }]);

  expect(added).toEqual([{ variantId: "c", position: 2, sku: "C", name: null, status: "active", priceAdjustmentMinor: 0 }]);
  expect(errors.map(({ field }) => field)).toEqual(["variants[1].sku"]);
});

it("limits the number of variants", ({ expect }) => {
  const many = Array.from({ length: MAX_VARIANTS + 1 }, (_, index) => ({ variantId: `v${index}`, sku: `s${index}` }));

  expect(applyVariants([], many.slice(1)).errors).toEqual([]);
  expect(applyVariants([], many).errors.map(({ field }) => field)).toEqual(["variants"]);
});

it("names the first variant with a negative price, and accepts a price of zero", ({ expect }) => {
  expect(negativePriceError(50, BEFORE)).toBeUndefined();
  expect(negativePriceError(49, BEFORE)).toMatchObject({ field: "variants", message: expect.stringContaining(" b ") });
});
