import { it } from "vitest";
import { chooseComponents } from "../../../src/catalog/rules/bundle.ts";
import type { Sellable } from "../../../src/catalog/rules/sellable.ts";

function sellable(index: number, more: Partial<Sellable> = {}): Sellable {
  return {
    index,
    productId: `p${index}`,
    productName: `Part ${index}`,
    isBundle: false,
    priceMinor: 100,
    productStatus: "active",
    variantId: `v${index}`,
    sku: `s${index}`,
    variantName: null,
    variantStatus: "active",
    isAmbiguous: false,
    ...more,
  };
}

it("takes active products, each with its own or its named variant", ({ expect }) => {
  const wanted = [
    { productId: "p0", quantity: 2 },
    { productId: "p1", variantId: "v1", quantity: 1 },
  ];

  const { components, errors } = chooseComponents(wanted, [sellable(1), sellable(0)]);

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

  const { errors } = chooseComponents(wanted, [sellable(0), ...(found ? [sellable(1, found)] : [])]);

  expect(errors.map(({ field }) => field)).toEqual(["components[1]"]);
});

it("refuses the same variant twice", ({ expect }) => {
  const wanted = [
    { productId: "p0", quantity: 1 },
    { productId: "p0", variantId: "v0", quantity: 3 },
  ];

  const { errors } = chooseComponents(wanted, [sellable(0), sellable(1, { productId: "p0", variantId: "v0" })]);

  expect(errors).toEqual([{ field: "components[1]", message: "is given twice" }]);
});
