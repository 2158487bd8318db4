import { describe, it } from "vitest";
import { importCsv, importRows } from "../../support/shop/bulk.ts";
import { createdProduct, ownId } from "../../support/shop/catalog.ts";
import { bundle } from "../../support/shop/shop.ts";

const BARCODE = "4006381333931";

/** The first error of each row of an import. */
async function errorsOf(...rows: object[]) {
  return (await importRows(rows)).rows.map(({ errors: [error] }) => error);
}

describe("an error that needs what D1 has names the column, the value and what is expected", () => {
  it("of a unique value of another product, also as it was entered", async ({ expect }) => {
    const owner = await createdProduct({ sku: ownId("sku"), barcode: BARCODE, slug: ownId("slug") });
    const other = ownId("p");
    const row = { product_id: ownId("p"), name: "Rice", price: 1 };

    const errors = await errorsOf(
      { ...row, barcode: `0${BARCODE}` },
      { ...row, product_id: other, sku: other, variants: undefined },
      { ...row, product_id: ownId("p"), variants: [{ sku: ownId("v") }, { sku: ownId("v"), variant_id: owner }] },
    );

    expect(errors).toEqual([
      { field: "barcode", message: `must be unique, but the product ${owner} has it`, value: `0${BARCODE}` },
      undefined,
      { field: "variants[1].variant_id", message: `must be unique, but the product ${owner} has it`, value: owner },
    ]);
  });

  it("of a SKU that a new product gets by default", async ({ expect }) => {
    const id = ownId("p");
    const owner = await createdProduct({ sku: id });

    expect(await errorsOf({ product_id: id, name: "Rice", price: 1 })).toEqual([
      { field: "sku", message: `must be unique, but the variant ${owner} has it`, value: id },
    ]);
  });

  it("of stock levels and prices that contradict what the product has", async ({ expect }) => {
    const [low, high] = [await createdProduct({ min_stock_level: 5 }), await createdProduct({ max_stock_level: 3 })];
    const cheap = ownId("p");
    await importRows([{ product_id: cheap, name: "Tee", price: 9, variants: [{ sku: cheap, price_adjustment: -4 }] }]);

    const errors = await errorsOf(
      { product_id: low, max_stock_level: 4 },
      { product_id: high, min_stock_level: 8 },
      { product_id: cheap, price: 3 },
    );

    expect(errors).toEqual([
      { field: "max_stock_level", message: "must not be below min_stock_level, which is 5", value: "4" },
      { field: "min_stock_level", message: "must not be above max_stock_level, which is 3", value: "8" },
      { field: "price", message: expect.stringContaining("is negative"), value: "3" },
    ]);
  });

  it("of components, and of a SKU that could be that of several variants", async ({ expect }) => {
    const [plain, several, set] = [
      await createdProduct(),
      ownId("p"),
      (await bundle([{ productId: await createdProduct() }])).productId,
    ];
    await importRows([{ product_id: several, name: "Tee", price: 9, variants: [{ sku: ownId("v") }, { sku: ownId("v") }] }]);

    const errors = await errorsOf(
      { product_id: plain, components: [{ product_id: several, quantity: 1 }] },
      { product_id: several, sku: "ANY" },
      { product_id: ownId("p"), name: "Set", price: 1, components: [{ product_id: set, quantity: 1 }] },
    );

    expect(errors.map((error) => [error?.field, error?.value])).toEqual([
      ["components", `[{"product_id":"${several}","quantity":1}]`],
      ["sku", "ANY"],
      ["components[0]", `{"product_id":"${set}","quantity":1}`.slice(0, 64)],
    ]);
  });

  it("of a list in a cell of CSV, and of an earlier row", async ({ expect }) => {
    const [id, again] = [ownId("p"), ownId("p")];
    const cell = `"[{""sku"":""${id}-1""},{""sku"":""${id}-1""}]"`;

    const { rows } = await importCsv([
      "product_id,name,price,variants",
      `${id},Tee,1,${cell}`,
      `${again},Tee,1,`,
      `${again},Cup,1,`,
    ]);

    expect(rows.map(({ errors: [error] }) => error)).toEqual([
      expect.objectContaining({ field: "variants[1].sku", value: `${id}-1` }),
      undefined,
      { field: "product_id", message: `must be in one row only, but the row of ${again} is earlier and has it`, value: again },
    ]);
  });
});
