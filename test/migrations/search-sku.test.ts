import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { it } from "vitest";
import { createdProduct } from "../support/shop/catalog.ts";
import { get } from "../support/http/requests.ts";

it("finds products that are older than the search index by SKU and barcode, once each", async ({ expect }) => {
  const productId = await createdProduct({ sku: "ZEBRA-77X", barcode: "4006381333931", name: "Quince" });
  const migrations = (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS;
  const migration = migrations.find(({ name }) => name.startsWith("0004"));
  await env.DB.prepare("INSERT INTO products_search (products_search) VALUES ('delete-all')").run();

  await env.DB.batch((migration?.queries ?? []).map((query) => env.DB.prepare(query)));

  const queries = ["zebra-77x", "4006381333931", "quince"];
  for (const q of queries) {
    const { products } = await (await get(`/api/v1/products?q=${q}`)).json<{ products: { product_id: string }[] }>();
    expect(
      products.map((product) => product.product_id),
      q,
    ).toEqual([productId]);
  }
});
