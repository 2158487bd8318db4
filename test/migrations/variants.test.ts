import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { createdProduct, ownBarcode, ownId, variantsOf } from "../support/shop/catalog.ts";
import { get, patch } from "../support/http/requests.ts";
import { demoWarehouses, flush, receive } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

/** A shirt in sizes, and units of the last. @returns its id; a variant's is `<product>-<size>` */
async function shirt(units: number, ...sizes: string[]): Promise<string> {
  const id = ownId("shirt");
  await createdProduct({ product_id: id, sku: undefined, variants: variantsOf(id, ...sizes) });
  if (units > 0) await receive(id, units, { variantId: `${id}-${sizes.at(-1) ?? ""}` });
  await flush(id);
  return id;
}

/** The statements of the migration that fill its columns and table. */
function fillings(): string[] {
  const { MIGRATIONS } = env as unknown as { MIGRATIONS: D1Migration[] };
  const { queries = [] } = MIGRATIONS.find(({ name }) => name.endsWith("_variants.sql")) ?? {};
  return queries.filter((query) => /^(--.*\n)*(UPDATE|INSERT)/.test(query.trim()));
}

async function found(q: string): Promise<string[]> {
  const { products } = await (await get(`/api/v1/products?q=${q}`)).json<{ products: { product_id: string }[] }>();
  return products.map((product) => product.product_id);
}

/** What lists have of variants, and the words of products. */
async function filled(): Promise<unknown[]> {
  return [
    await sqlInD1("SELECT product_id, variant_words FROM products ORDER BY 1"),
    await sqlInD1("SELECT * FROM (SELECT * FROM variant_stock ORDER BY 1, 2) ORDER BY product_id, variant_id"),
    await sqlInD1("SELECT product_id, variants FROM product_stock ORDER BY 1"),
  ];
}

const withoutTimes = (rows: unknown[]) => JSON.stringify(rows).replaceAll(/"as_of_ms":\d+,?/g, "");

describe("the migration to variants as stock items", () => {
  it("gives older products what a new Worker and a flush would give", async ({ expect }) => {
    const id = await shirt(4, "S", "M");
    await receive(id, 2, { variantId: `${id}-S` });
    await patch(`/api/v1/products/${id}`, { variants: [{ variant_id: `${id}-S`, status: "archived" }] }, { admin: true });
    await flush(id);
    await shirt(3, "only");
    await createdProduct();
    const before = await filled();
    await sqlInD1("UPDATE products SET variant_words = NULL");
    await sqlInD1("DELETE FROM variant_stock");
    await sqlInD1("UPDATE product_stock SET variants = '[]'");
    expect(await found(`SKU-${id}-M`)).toEqual([]);

    for (const query of fillings()) await env.DB.prepare(query).run();

    expect(fillings()).toHaveLength(4);
    expect(withoutTimes(await filled())).toBe(withoutTimes(before));
    expect(await found(`SKU-${id}-M`)).toEqual([id]);
  });
});

describe("a Worker that does not know the words of variants", () => {
  it("adds, renames and renumbers variants that are found nevertheless", async ({ expect }) => {
    const id = await createdProduct();
    const add = "INSERT INTO variants (variant_id, product_id, position, sku, name, status) VALUES (?, ?, ?, ?, ?, 'active')";
    await sqlInD1(add, `${id}-2`, id, 1, "GNU-2", "Teal");
    expect([await found("gnu-2"), await found("teal")]).toEqual([[id], [id]]);

    await sqlInD1("UPDATE variants SET sku = 'GNU-3', name = 'Umber' WHERE variant_id = ?", `${id}-2`);
    await sqlInD1("UPDATE variants SET name = 'Sienna' WHERE variant_id = ?", id);

    expect([await found("gnu-3"), await found("umber"), await found("sienna"), await found("teal")]).toEqual([
      [id],
      [id],
      [id],
      [],
    ]);
  });

  it("cannot give a product the barcode of another product's variant", async ({ expect }) => {
    const [id, other, barcode] = [await shirt(0, "S", "M"), await createdProduct(), ownBarcode()];
    await patch(`/api/v1/products/${id}`, { variants: [{ variant_id: `${id}-M`, barcode }] }, { admin: true });

    const taking = sqlInD1("UPDATE products SET gtin = ? WHERE product_id = ?", `0${barcode}`, other);

    await expect(taking).rejects.toThrow("UNIQUE constraint failed: products.gtin");
  });
});
