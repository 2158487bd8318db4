import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { it } from "vitest";
import { createdProduct } from "../support/shop/catalog.ts";
import { get } from "../support/http/requests.ts";

it("sorts products that are older than the lists by name in lower case", async ({ expect }) => {
  for (const name of ["Quince", "apple", "Banana"]) await createdProduct({ name });
  const migrations = (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS;
  const migration = migrations.find(({ name }) => name.includes("catalog_content"));
  const filling = (migration?.queries ?? []).filter(
    (query) => query.includes("UPDATE products SET sort_name") && !query.includes("TRIGGER"),
  );
  await env.DB.prepare("UPDATE products SET slug = NULL, sort_name = NULL").run();

  await env.DB.batch(filling.map((query) => env.DB.prepare(query)));

  expect(filling).toHaveLength(1);
  const { products } = await (await get("/api/v1/products?sort=name")).json<{ products: { name: string }[] }>();
  expect(products.map(({ name }) => name)).toEqual(["apple", "Banana", "Quince"]);
});
