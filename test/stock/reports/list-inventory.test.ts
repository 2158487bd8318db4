import { beforeAll, describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";
import { flushedProduct as stocked } from "../../support/stock/inventory.ts";
import { archive, bundle, demoWarehouses, flush, newId, product, receive } from "../../support/shop/shop.ts";
import { sqlInD1, stockOf } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

interface Page {
  products: { product_id: string; stock_status: string }[];
  next_cursor: string | null;
  as_of: string;
}

function ask(query: Record<string, string>): Promise<Response> {
  return get(`/api/v1/inventory/products?${new URLSearchParams(query).toString()}`, { admin: true });
}

async function list(query: Record<string, string>): Promise<Page> {
  const response = await ask(query);
  if (response.status !== 200) throw new Error(await response.text());
  return response.json();
}

async function idsOf(query: Record<string, string>): Promise<string[]> {
  return (await list(query)).products.map((each) => each.product_id);
}

/** The ids on all pages of a list, two per page. */
async function pagesOf(query: Record<string, string>): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = ""; cursor !== null && pages.length < 20;) {
    const page: Page = await list({ limit: "2", ...query, ...(cursor !== "" && { cursor }) });
    pages.push(page.products.map((each) => each.product_id));
    cursor = page.next_cursor;
  }
  return pages;
}

describe("the inventory", () => {
  it("shows each product with its prices, its levels and its stock in every warehouse", async ({ expect }) => {
    const category = newId("category");
    const { productId } = await product({
      category,
      price: 150.5,
      mrp: 175,
      cost_price: 118.25,
      min_stock_level: 5,
      max_stock_level: 50,
      supplier_name: "Asha Traders",
    });
    await sqlInD1("UPDATE products SET sku = 'RICE-1KG' WHERE product_id = ?", productId);
    await receive(productId, 4);
    await receive(productId, 3, { warehouseId: "MUM" });
    await flush(productId);

    const page = await list({ category });

    expect(page).toEqual({
      products: [
        {
          product_id: productId,
          name: "Basmati Rice 1kg",
          sku: "RICE-1KG",
          category,
          supplier_name: "Asha Traders",
          status: "active",
          is_bundle: false,
          price: 150.5,
          mrp: 175,
          cost_price: 118.25,
          currency: "INR",
          current_stock: 7,
          on_hand: 7,
          reserved: 0,
          allocated: 0,
          min_stock_level: 5,
          max_stock_level: 50,
          stock_status: "in_stock",
          shortfall: 0,
          by_warehouse: [
            { warehouse_id: "BLR", on_hand: 4, reserved: 0, allocated: 0, available: 4 },
            { warehouse_id: "MUM", on_hand: 3, reserved: 0, allocated: 0, available: 3 },
          ],
          variants: [],
        },
      ],
      next_cursor: null,
      as_of: expect.stringMatching(/Z$/) as string,
    });
  });

  it("has a product as soon as it is created", async ({ expect }) => {
    const category = newId("category");
    const { productId } = await product({ category, min_stock_level: 5 });

    const { products } = await list({ category });

    expect(products).toMatchObject([
      { product_id: productId, current_stock: 0, on_hand: 0, stock_status: "out_of_stock", by_warehouse: [] },
    ]);
  });

  it("shows whether each product is in stock, low or out of stock", async ({ expect }) => {
    const category = newId("category");
    const fields = { category, min_stock_level: 5 };
    for (const units of [6, 5, 0]) await stocked(units, fields);
    await stocked(1, { category });

    const { products } = await list({ category });

    expect(products.map((each) => each.stock_status)).toEqual(["in_stock", "low_stock", "out_of_stock", "in_stock"]);
  });

  it("shows bundles with the number that their components allow, and no units of their own", async ({ expect }) => {
    const part = await stocked(5);
    const { productId } = await bundle([{ productId: part, quantity: 2 }]);
    await flush(part);

    const { products } = await list({ q: productId });

    expect(products).toMatchObject([
      { is_bundle: true, current_stock: 2, on_hand: 0, by_warehouse: [], stock_status: "in_stock" },
    ]);
  });

  it("is filtered by terms, category, supplier, warehouse and stock status, alone and combined", async ({ expect }) => {
    const [supplier, category, warehouseId] = [newId("supplier"), newId("category"), newId("W")];
    const mine = { category, supplier_name: supplier, min_stock_level: 2 };
    const [full, low, empty] = [await stocked(9, mine), await stocked(2, mine), await stocked(0, mine)];
    const other = await stocked(9, { category });
    for (const each of [full, other]) {
      await sqlInD1(
        `INSERT INTO stock_levels (product_id, variant_id, warehouse_id, on_hand, reserved, version, as_of_ms)
         VALUES (?, 'v', ?, 0, 0, 1, 1), (?, 'w', ?, 0, 0, 1, 1)`,
        each,
        warehouseId,
        each,
        warehouseId,
      );
      await flush(each);
      await receive(each, 1);
      await flush(each);
    }

    expect(await idsOf({ category })).toEqual([full, low, empty, other]);
    expect(await idsOf({ q: full })).toEqual([full]);
    expect(await idsOf({ supplier })).toEqual([full, low, empty]);
    expect(await idsOf({ supplier: supplier.slice(1) })).toEqual([]);
    expect((await idsOf({ warehouse_id: warehouseId })).toSorted()).toEqual([full, other].toSorted());
    expect(await idsOf({ warehouse_id: warehouseId, supplier })).toEqual([full]);
    expect(await idsOf({ warehouse_id: warehouseId, category, stock_status: "out_of_stock" })).toEqual([]);
    expect(await idsOf({ category, stock_status: "low_stock" })).toEqual([low]);
    expect(await idsOf({ supplier, stock_status: "out_of_stock" })).toEqual([empty]);
    expect(await idsOf({ stock_status: "low_stock" })).toContain(low);
    expect(await idsOf({ stock_status: "low_stock" })).not.toContain(full);
  });

  it("has archived products only on request", async ({ expect }) => {
    const supplier = newId("supplier");
    const active = await stocked(1, { supplier_name: supplier });
    const archived = await stocked(1, { supplier_name: supplier });
    await archive(archived);
    await flush(archived);

    expect(await idsOf({ supplier })).toEqual([active]);
    expect(await idsOf({ supplier, status: "archived" })).toEqual([archived]);
  });

  it("pages through every product once, along each of its indexes", async ({ expect }) => {
    const [category, supplier, warehouseId] = [newId("category"), newId("supplier"), newId("W")];
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const id = await stocked(0, { category, supplier_name: supplier });
      await sqlInD1(
        `INSERT INTO stock_levels (product_id, variant_id, warehouse_id, on_hand, reserved, version, as_of_ms)
         VALUES (?, 'a', ?, 1, 0, 1, 1), (?, 'b', ?, 1, 0, 1, 1)`,
        id,
        warehouseId,
        id,
        warehouseId,
      );
      await stockOf(id).refresh();
      await flush(id);
      made.push(id);
    }

    expect(await pagesOf({ category })).toEqual([made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
    expect(await pagesOf({ supplier })).toEqual([made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
    expect((await pagesOf({ warehouse_id: warehouseId })).flat()).toEqual(made.toSorted());
    const inStock = (await pagesOf({ stock_status: "in_stock", limit: "3" })).flat();
    expect(inStock).toEqual([...new Set(inStock)].toSorted());
    expect(inStock).toEqual(expect.arrayContaining(made));
  });
});
