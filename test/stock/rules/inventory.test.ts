import { describe, it } from "vitest";
import {
  matchesSearch,
  type InventorySearch,
  isByRow,
  accessPathFor,
  type StockedProduct,
} from "../../../src/stock/rules/inventory.ts";

const STATUS = { status: "active" } as const;

describe("the index of an inventory search", () => {
  it.for<[Partial<InventorySearch>, string]>([
    [{}, "words"],
    [{ q: "rice" }, "words"],
    [{ category: "Rice", supplier: "Asha", warehouseId: "BLR", stockStatus: "low_stock" }, "words"],
    [{ supplier: "Asha", warehouseId: "BLR", stockStatus: "low_stock" }, "supplier"],
    [{ warehouseId: "BLR", stockStatus: "low_stock" }, "warehouse"],
    [{ stockStatus: "low_stock" }, "stock_status"],
  ])("for %o the index is %s", ([search, index], { expect }) => {
    expect(accessPathFor({ ...STATUS, ...search }).index).toBe(index);
  });

  it("orders by row number in the word and supplier indexes, by id in the others", ({ expect }) => {
    const paths = [{}, { supplier: "Asha" }, { warehouseId: "BLR" }, { stockStatus: "in_stock" }] as const;

    expect(paths.map((search) => isByRow(accessPathFor({ ...STATUS, ...search })))).toEqual([true, true, false, false]);
  });
});

describe("a product found by an index", () => {
  const product = {
    status: "active",
    supplierName: "Asha",
    stockStatus: "low_stock",
    levels: [{ warehouseId: "BLR", onHand: 0, reserved: 0 }],
    variants: [
      { status: "active", stockStatus: "low_stock" },
      { status: "archived", stockStatus: "in_stock" },
      { status: "active", stockStatus: "out_of_stock" },
    ],
  } as StockedProduct;

  it.for<[Partial<InventorySearch>, boolean]>([
    [{}, true],
    [{ supplier: "Asha", stockStatus: "low_stock", warehouseId: "BLR" }, true],
    [{ status: "archived" }, false],
    [{ supplier: "Ash" }, false],
    [{ stockStatus: "in_stock" }, false],
    [{ stockStatus: "out_of_stock" }, true],
    [{ warehouseId: "MUM" }, false],
  ])("matches %o: %s", ([search, fits], { expect }) => {
    expect(matchesSearch(product, { ...STATUS, ...search })).toBe(fits);
  });
});
