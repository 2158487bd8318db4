import fc from "fast-check";
import { describe, it } from "vitest";
import type { Sellable, SellableComponent } from "../../../src/catalog/rules/sellable.ts";
import { demandByProduct, orderLines, type WantedLine } from "../../../src/pricing/rules/lines.ts";

function sellable(index: number, productId: string, more: Partial<Sellable> = {}): Sellable {
  const product = {
    productId,
    productName: `Name of ${productId}`,
    category: null,
    isBundle: false,
    priceMinor: 100,
    productStatus: "active",
  } as const;
  return {
    index,
    ...product,
    variantId: productId,
    sku: `SKU-${productId}`,
    variantName: null,
    variantStatus: "active",
    isAmbiguous: false,
    maxPerOrder: null,
    maxPerCustomer: null,
    ...more,
  };
}

function component(index: number, productId: string, quantity: number, more: Partial<SellableComponent> = {}): SellableComponent {
  const status = { productStatus: "active", variantStatus: "active" } as const;
  return {
    index,
    productId,
    variantId: productId,
    quantity,
    productName: `Name of ${productId}`,
    sku: `SKU-${productId}`,
    variantName: null,
    ...status,
    ...more,
  };
}

function wanted(...lines: [string, number][]): WantedLine[] {
  return lines.map(([productId, quantity]) => ({ productId, quantity }));
}

describe("orderLines", () => {
  it("names a component with its variant, for refusals", ({ expect }) => {
    const parts = ["Red", "Blue"].map((variantName) => component(0, "sheet", 1, { variantId: variantName, variantName }));

    const { needs } = orderLines(wanted(["bed", 1]), [sellable(0, "bed", { isBundle: true })], parts);

    expect(needs.map(({ productName }) => productName)).toEqual(["Name of sheet, Red", "Name of sheet, Blue"]);
  });

  it("returns each line with its price and the stock that it needs", ({ expect }) => {
    const { items, needs, unknown, ambiguous } = orderLines(wanted(["a", 2]), [sellable(0, "a", { variantName: "Blue" })], []);

    expect(items).toEqual([
      {
        lineNo: 1,
        productId: "a",
        variantId: "a",
        sku: "SKU-a",
        name: "Name of a, Blue",
        quantity: 2,
        category: null,
        unitPriceMinor: 100,
      },
    ]);
    expect(needs).toEqual([{ lineNo: 1, productId: "a", variantId: "a", quantity: 2, productName: "Name of a, Blue" }]);
    expect([unknown, ambiguous]).toEqual([[], []]);
  });

  it("sums lines of one variant, whatever names it", ({ expect }) => {
    const lines: WantedLine[] = [
      { item: "SKU-a", quantity: 1 },
      { productId: "a", quantity: 2 },
      { productId: "a", variantId: "a", quantity: 3 },
    ];

    const { items } = orderLines(
      lines,
      lines.map((_, index) => sellable(index, "a")),
      [],
    );

    expect(items).toMatchObject([{ lineNo: 1, quantity: 6, unitPriceMinor: 100 }]);
  });

  it("replaces a bundle by its components, per unit", ({ expect }) => {
    const bed = sellable(0, "bed", { isBundle: true });

    const { items, needs } = orderLines(wanted(["bed", 3]), [bed], [component(0, "frame", 1), component(0, "slat", 8)]);

    expect(items).toMatchObject([{ productId: "bed", quantity: 3, unitPriceMinor: 100 }]);
    expect(needs).toMatchObject([
      { productId: "frame", quantity: 3, productName: "Name of frame" },
      { productId: "slat", quantity: 24 },
    ]);
  });

  it.for([
    ["an unknown product", []],
    ["an archived product", [sellable(0, "a", { productStatus: "archived" })]],
    ["an archived variant", [sellable(0, "a", { variantStatus: "archived" })]],
    ["a variant of another product", [sellable(0, "a", { variantId: null, sku: null, variantStatus: null })]],
    ["a bundle without components", [sellable(0, "a", { isBundle: true })]],
  ] as const)("sells nothing of %s", ([, sellables], { expect }) => {
    const { items, unknown } = orderLines(wanted(["a", 2]), sellables, []);

    expect(items).toEqual([]);
    expect(unknown).toMatchObject([
      { product_id: "a", requested_quantity: 2, available_stock: 0, message: "Product a not found in inventory" },
    ]);
  });

  it("sells no bundle with an archived component", ({ expect }) => {
    const bed = sellable(0, "bed", { isBundle: true });
    const parts = [component(0, "frame", 1), component(0, "slat", 8, { variantStatus: "archived" })];

    expect(orderLines(wanted(["bed", 1]), [bed], parts)).toMatchObject({
      items: [],
      needs: [],
      unknown: [{ product_id: "bed" }],
    });
  });

  it("reports the lines that do not name one of several variants", ({ expect }) => {
    const { items, ambiguous } = orderLines(
      wanted(["a", 1], ["b", 1]),
      [sellable(0, "a"), sellable(1, "b", { isAmbiguous: true })],
      [],
    );

    expect([items.length, ambiguous]).toEqual([1, [1]]);
  });

  it("loses no unit and no money, for any lines", ({ expect }) => {
    const lines = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 10_000 })), { maxLength: 100 });

    fc.assert(
      fc.property(lines, (asked) => {
        const { items, needs } = orderLines(
          wanted(...asked),
          asked.map(([id], index) => sellable(index, id)),
          [],
        );

        const units = asked.reduce((sum, [, quantity]) => sum + quantity, 0);
        const sum = (rows: { quantity: number }[]) => rows.reduce((total, { quantity }) => total + quantity, 0);
        expect([sum(items), sum(needs), sum([...demandByProduct(needs).values()].flat())]).toEqual([units, units, units]);
        expect(items.map(({ unitPriceMinor }) => unitPriceMinor)).toEqual(items.map(() => 100));
        expect(items.map(({ lineNo }) => lineNo)).toEqual(items.map((_, index) => index + 1));
      }),
    );
  });
});

describe("demandByProduct", () => {
  const need = (productId: string, variantId: string, quantity: number) => ({
    lineNo: 1,
    productId,
    variantId,
    quantity,
    productName: "",
  });

  it("lists each product once, in the order of their ids, with each variant once", ({ expect }) => {
    const demand = demandByProduct([need("b", "b1", 1), need("a", "a1", 2), need("b", "b2", 3), need("b", "b1", 4)]);

    expect([...demand]).toEqual([
      ["a", [{ variantId: "a1", quantity: 2 }]],
      [
        "b",
        [
          { variantId: "b1", quantity: 5 },
          { variantId: "b2", quantity: 3 },
        ],
      ],
    ]);
  });
});
