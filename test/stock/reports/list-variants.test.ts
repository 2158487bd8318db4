import { beforeAll, describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";
import { archive, demoWarehouses, flush, newId, product, receive } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

interface Low {
  low_stock_products: { product_id: string; variant_id: string | null }[];
  count: number;
  next_cursor: string | null;
}

interface Listed {
  products: { product_id: string; current_stock: number; variants: Record<string, unknown>[] }[];
}

async function ask<T>(path: string, query: Record<string, string> = {}): Promise<T> {
  const response = await get(`/api/v1/inventory/${path}?${new URLSearchParams(query).toString()}`, { admin: true });
  if (response.status !== 200) throw new Error(await response.text());
  return response.json();
}

/** A shirt with units of S and M, and minimums of its own for both. @returns its id; a variant's is `<product>-<size>` */
async function shirt(units: { S: number; M: number }, more: Record<string, unknown> = {}): Promise<string> {
  const productId = newId("shirt");
  const variants = ["S", "M"].map((size) => {
    return { variant_id: `${productId}-${size}`, sku: `SKU-${productId}-${size}`, name: `Size ${size}`, min_stock_level: 2 };
  });
  await product({ product_id: productId, name: "Shirt", variants, ...more });
  for (const size of ["S", "M"] as const) {
    if (units[size] > 0) await receive(productId, units[size], { variantId: `${productId}-${size}` });
  }
  await flush(productId);
  return productId;
}

describe("the list of low stock", () => {
  it("has a row for each variant at or below its own minimum, and counts it", async ({ expect }) => {
    const before = await ask<Low>("products/low-stock");
    const productId = await shirt({ S: 9, M: 1 }, { category: "Shirts", supplier_name: "Tailor" });

    const { low_stock_products: rows, count } = await ask<Low>("products/low-stock", { limit: "100" });

    expect(rows.filter((row) => row.product_id === productId)).toEqual([
      {
        product_id: productId,
        variant_id: `${productId}-M`,
        name: "Shirt",
        variant_name: "Size M",
        sku: `SKU-${productId}-M`,
        category: "Shirts",
        supplier_name: "Tailor",
        current_stock: 1,
        min_stock_level: 2,
        shortfall: 1,
        stock_status: "low_stock",
      },
    ]);
    expect(count).toBe(before.count + 1);
  });

  it("has the product before its variants where the sum is low too, and neither once the product is archived", async ({
    expect,
  }) => {
    const productId = await shirt({ S: 1, M: 0 }, { min_stock_level: 5 });
    const rowsOf = async () => {
      const { low_stock_products: rows } = await ask<Low>("products/low-stock", { limit: "100" });
      return rows.filter((row) => row.product_id === productId).map((row) => row.variant_id);
    };
    expect(await rowsOf()).toEqual([null, `${productId}-M`, `${productId}-S`]);

    await archive(productId);
    await flush(productId);

    expect(await rowsOf()).toEqual([]);
  });

  it("pages through products and variants, each once, also from inside of a product", async ({ expect }) => {
    await shirt({ S: 0, M: 0 }, { min_stock_level: 1 });
    await shirt({ S: 2, M: 2 });
    const found: string[] = [];
    const counts = new Set<number>();

    for (let cursor: string | null = ""; cursor !== null && found.length < 100;) {
      const page: Low = await ask<Low>("products/low-stock", { limit: "1", ...(cursor !== "" && { cursor }) });
      found.push(...page.low_stock_products.map((row) => `${row.product_id} ${row.variant_id ?? ""}`));
      counts.add(page.count);
      cursor = page.next_cursor;
    }

    expect(found.length).toBeGreaterThanOrEqual(5);
    expect(found).toEqual([...new Set(found)].toSorted());
    expect([...counts]).toEqual([found.length]);
  });
});

describe("the inventory list", () => {
  it("shows each variant of a product with its own stock, and their sum", async ({ expect }) => {
    const productId = await shirt({ S: 9, M: 0 });

    const { products } = await ask<Listed>("products", { q: productId });

    expect(products).toMatchObject([{ product_id: productId, current_stock: 9 }]);
    expect(products[0]?.variants).toEqual([
      {
        variant_id: `${productId}-S`,
        sku: `SKU-${productId}-S`,
        name: "Size S",
        status: "active",
        barcode: null,
        current_stock: 9,
        on_hand: 9,
        reserved: 0,
        allocated: 0,
        min_stock_level: 2,
        max_stock_level: null,
        stock_status: "in_stock",
        shortfall: 0,
      },
      expect.objectContaining({ variant_id: `${productId}-M`, current_stock: 0, stock_status: "out_of_stock", shortfall: 2 }),
    ]);
  });

  it("finds a product by the stock status of one of its active variants, alone and with other filters", async ({ expect }) => {
    const category = newId("category");
    const [half, full] = [await shirt({ S: 9, M: 0 }, { category }), await shirt({ S: 9, M: 9 }, { category })];
    const idsOf = async (query: Record<string, string>) =>
      (await ask<Listed>("products", { limit: "100", ...query })).products.map((each) => each.product_id);

    expect(await idsOf({ category, stock_status: "out_of_stock" })).toEqual([half]);
    const all = await idsOf({ stock_status: "out_of_stock" });
    expect(all).toContain(half);
    expect(all).not.toContain(full);
    expect(all).toEqual([...new Set(all)].toSorted());
    expect(await idsOf({ category, stock_status: "in_stock" })).toEqual([half, full]);
  });

  it("has the variants of a new product before it ever had stock", async ({ expect }) => {
    const productId = await shirt({ S: 0, M: 0 });

    const { products } = await ask<Listed>("products", { q: productId });

    expect(products[0]?.variants).toMatchObject([{ stock_status: "out_of_stock" }, { stock_status: "out_of_stock" }]);
  });
});
