import { it } from "vitest";
import { applyVariants, MAX_VARIANTS } from "../../../src/catalog/rules/variants.ts";

const BEFORE = [
  { variantId: "a", position: 0, sku: "A", name: "Small", status: "active" as const },
  { variantId: "b", position: 1, sku: "B", name: null, status: "archived" as const },
];

it("changes what is given of a known variant, and keeps its place and the rest", ({ expect }) => {
  const { all, changed, added, errors } = applyVariants(BEFORE, [{ variantId: "b", name: "Large", status: "active" }]);

  const b = { variantId: "b", position: 1, sku: "B", name: "Large", status: "active" };
  expect({ all, changed, added, errors }).toEqual({ all: [BEFORE[0], b], changed: [b], added: [], errors: [] });
});

it("clears a name with null", ({ expect }) => {
  expect(applyVariants(BEFORE, [{ variantId: "a", name: null }]).all[0]).toMatchObject({ name: null, sku: "A" });
});

it("adds unknown variants after the others, and needs their sku", ({ expect }) => {
  const { added, errors } = applyVariants(BEFORE, [{ variantId: "c", sku: "C" }, { variantId: "d" }]);

  expect(added).toEqual([{ variantId: "c", position: 2, sku: "C", name: null, status: "active" }]);
  expect(errors.map(({ field }) => field)).toEqual(["variants[1].sku"]);
});

it("bounds the variants of a product", ({ expect }) => {
  const many = Array.from({ length: MAX_VARIANTS + 1 }, (_, index) => ({ variantId: `v${index}`, sku: `s${index}` }));

  expect(applyVariants([], many.slice(1)).errors).toEqual([]);
  expect(applyVariants([], many).errors.map(({ field }) => field)).toEqual(["variants"]);
});
