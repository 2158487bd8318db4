import { describe, it } from "vitest";
import type { VariantChange } from "../../../src/catalog/rules/product.ts";
import { negativePriceError, applyVariants, MAX_VARIANTS } from "../../../src/catalog/rules/variants.ts";

/** What a variant has where nothing else was said of it as a stock item. */
const PLAIN = {
  minStockLevel: null,
  maxStockLevel: null,
  barcode: null,
  options: {},
  weightGrams: null,
  compareAtMinor: null,
  imageId: null,
};

const BEFORE = [
  { variantId: "a", position: 0, sku: "A", name: "Small", status: "active" as const, priceAdjustmentMinor: 0, ...PLAIN },
  { variantId: "b", position: 1, sku: "B", name: null, status: "archived" as const, priceAdjustmentMinor: -50, ...PLAIN },
];

it("changes the given fields of a known variant, and keeps its position and the others", ({ expect }) => {
  const { all, changed, added, errors } = applyVariants(BEFORE, [{ variantId: "b", name: "Large", status: "active" }]);

  const b = { variantId: "b", position: 1, sku: "B", name: "Large", status: "active", priceAdjustmentMinor: -50, ...PLAIN };
  expect({ all, changed, added, errors }).toEqual({ all: [BEFORE[0], b], changed: [b], added: [], errors: [] });
});

it("clears a name with null", ({ expect }) => {
  expect(applyVariants(BEFORE, [{ variantId: "a", name: null }]).all[0]).toMatchObject({ name: null, sku: "A" });
});

it("adds unknown variants at the end, and requires their SKU", ({ expect }) => {
  const { added, errors } = applyVariants(BEFORE, [{ variantId: "c", sku: "C" }, { variantId: "d" }]);

  const plain = { status: "active", priceAdjustmentMinor: 0, ...PLAIN };
  expect(added).toEqual([{ variantId: "c", position: 2, sku: "C", name: null, ...plain }]);
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

describe("a variant as a stock item", () => {
  const ITEM = { minStockLevel: 2, maxStockLevel: 9, barcode: "4006381333931" };
  const [a, b] = BEFORE;
  const owner = a && b ? [{ ...a, ...ITEM }, b] : [];

  it("has its own levels and barcode, keeps them where a change does not name them, and loses them by null", ({ expect }) => {
    const set = applyVariants(BEFORE, [{ variantId: "a", ...ITEM }]);
    expect(set.all[0]).toMatchObject(ITEM);
    expect(applyVariants(set.all, [{ variantId: "a", name: "S" }]).all[0]).toMatchObject(ITEM);
    expect(applyVariants(set.all, [{ variantId: "a", ...PLAIN }]).all[0]).toMatchObject(PLAIN);
  });

  it("cannot have a minimum above its maximum, stated together or one by one", ({ expect }) => {
    const fieldsOf = (...changes: VariantChange[]) => applyVariants(owner, changes).errors.map(({ field }) => field);

    expect(fieldsOf({ variantId: "b", minStockLevel: 3, maxStockLevel: 2 })).toEqual(["variants[0].max_stock_level"]);
    expect(fieldsOf({ variantId: "b" }, { variantId: "a", minStockLevel: 10 })).toEqual(["variants[1].max_stock_level"]);
    expect(fieldsOf({ variantId: "a", minStockLevel: 9 })).toEqual([]);
  });

  it("cannot have the barcode of another variant, in whatever length it is printed", ({ expect }) => {
    const fieldsOf = (...changes: VariantChange[]) => applyVariants(owner, changes).errors.map(({ field }) => field);

    expect(fieldsOf({ variantId: "b", barcode: "04006381333931" })).toEqual(["variants[0].barcode"]);
    expect(fieldsOf({ variantId: "b", barcode: ITEM.barcode }, { variantId: "a", barcode: null })).toEqual([]);
  });
});
