import { it } from "vitest";
import { completeOptions, MAX_OPTION_VALUES, MAX_OPTIONS } from "../../../src/catalog/rules/options.ts";
import type { Variant } from "../../../src/catalog/rules/product.ts";

function variant(options: Record<string, string>, status: Variant["status"] = "active"): Variant {
  const none = {
    minStockLevel: null,
    maxStockLevel: null,
    barcode: null,
    weightGrams: null,
    compareAtMinor: null,
    imageId: null,
  };
  return { variantId: "v", position: 0, sku: "s", name: null, status, priceAdjustmentMinor: 0, ...none, options };
}

it("takes the options that variants name, with their values in order", ({ expect }) => {
  const variants = [variant({ Size: "S", Colour: "Red" }), variant({ Size: "M", Colour: "Red" })];

  expect(completeOptions([], variants)).toEqual({
    options: [
      { name: "Size", values: ["S", "M"] },
      { name: "Colour", values: ["Red"] },
    ],
    errors: [],
  });
});

it("keeps the order of given options and values, and adds values that only variants have", ({ expect }) => {
  const { options, errors } = completeOptions(
    [{ name: "Size", values: ["L", "S"] }],
    [variant({ Size: "S" }), variant({ Size: "XL" })],
  );

  expect({ options, errors }).toEqual({ options: [{ name: "Size", values: ["L", "S", "XL"] }], errors: [] });
});

it("refuses an option that the product has not, and two active variants that are the same choice", ({ expect }) => {
  const given = [{ name: "Size", values: [] }];

  const unknown = completeOptions(given, [variant({ Sice: "S" })]);
  const same = completeOptions(given, [variant({ Size: "S" }), variant({ Size: "S" })]);
  const archived = completeOptions(given, [variant({ Size: "S" }), variant({ Size: "S" }, "archived")]);

  expect(unknown.errors.map(({ field }) => field)).toEqual(["variants[0].options.Sice"]);
  expect(same.errors.map(({ field }) => field)).toEqual(["variants[1].options"]);
  expect(archived.errors).toEqual([]);
});

it("limits options and values", ({ expect }) => {
  const many = Array.from({ length: MAX_OPTIONS + 1 }, (_, index) => ({ name: `o${index}`, values: [] }));
  const long = [{ name: "Size", values: Array.from({ length: MAX_OPTION_VALUES + 1 }, (_, index) => String(index)) }];

  expect(completeOptions(many.slice(1), []).errors).toEqual([]);
  expect(completeOptions(many, []).errors.map(({ field }) => field)).toEqual(["options"]);
  expect(completeOptions(long, []).errors.map(({ field }) => field)).toEqual(["options"]);
});
