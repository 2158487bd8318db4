import { it } from "vitest";
import { chooseComponents, bundleLimitFor, MAX_BUNDLES } from "../../../src/catalog/rules/bundle.ts";
import type { Sellable } from "../../../src/catalog/rules/sellable.ts";

function sellable(index: number, more: Partial<Sellable> = {}): Sellable {
  return {
    index,
    productId: `p${index}`,
    productName: `Part ${index}`,
    category: null,
    isBundle: false,
    priceMinor: 100,
    productStatus: "active",
    variantId: `v${index}`,
    sku: `s${index}`,
    variantName: null,
    variantStatus: "active",
    isAmbiguous: false,
    maxPerOrder: null,
    maxPerCustomer: null,
    ...more,
  };
}

const NEVER = () => false;

it("accepts active products, each with its only or its named variant", ({ expect }) => {
  const wanted = [
    { productId: "p0", quantity: 2 },
    { productId: "p1", variantId: "v1", quantity: 1 },
  ];

  const { components, errors } = chooseComponents(wanted, [sellable(1), sellable(0)], NEVER);

  expect(errors).toEqual([]);
  expect(components).toEqual([
    { productId: "p0", variantId: "v0", quantity: 2, name: "Part 0" },
    { productId: "p1", variantId: "v1", quantity: 1, name: "Part 1" },
  ]);
});

it.for([
  ["an unknown product", undefined],
  ["an archived product", { productStatus: "archived" }],
  ["another bundle", { isBundle: true }],
  ["a product without an active variant", { variantId: null }],
  ["several variants with none named", { isAmbiguous: true }],
  ["an archived variant", { variantStatus: "archived" }],
] as const)("refuses %s, naming the component", ([, found], { expect }) => {
  const wanted = [
    { productId: "p0", quantity: 1 },
    { productId: "p1", quantity: 1 },
  ];

  const { errors } = chooseComponents(wanted, [sellable(0), ...(found ? [sellable(1, found)] : [])], NEVER);

  expect(errors.map(({ field }) => field)).toEqual(["components[1]"]);
});

it("refuses the same variant twice", ({ expect }) => {
  const wanted = [
    { productId: "p0", quantity: 1 },
    { productId: "p0", variantId: "v0", quantity: 3 },
  ];

  const { errors } = chooseComponents(wanted, [sellable(0), sellable(1, { productId: "p0", variantId: "v0" })], NEVER);

  expect(errors).toEqual([{ field: "components[1]", message: "is given twice" }]);
});

it.for([
  ["is in the maximum number of bundles", MAX_BUNDLES, [], true],
  ["is in more, from before the limit", MAX_BUNDLES + 1, [], true],
  ["is in one fewer", MAX_BUNDLES - 1, [], false],
  ["is in the maximum, this bundle included", MAX_BUNDLES, ["p0"], false],
] as const)("a product that %s: %s with %s gives %s", ([, count, kept, isRefused], { expect }) => {
  const components = kept.map((productId) => ({ productId, variantId: "old", quantity: 1, name: "Part" }));
  const isFull = bundleLimitFor(new Map([["p0", count]]), components);

  const { errors } = chooseComponents([{ productId: "p0", quantity: 1 }], [sellable(0)], isFull);

  const refused = [{ field: "components[0]", message: "is in 100 bundles already, which is the limit" }];
  expect(errors).toEqual(isRefused ? refused : []);
});
