import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { importRows } from "../support/shop/bulk.ts";
import { createdProduct, ownId, variantsOf } from "../support/shop/catalog.ts";
import { get } from "../support/http/requests.ts";

const show = async (productId: string) => (await get(`/api/v1/products/${productId}`, { admin: true })).json();

describe("an import", () => {
  it("adds and changes variants, and refuses a SKU alone for several variants", async ({ expect }) => {
    const [id, several] = [ownId("shirt"), ownId("shirt")];
    await createdProduct({ product_id: several, sku: undefined, variants: variantsOf(several, "S", "M") });

    const { rows } = await importRows([
      { product_id: id, name: "Shirt", price: 1, variants: variantsOf(id, "S", "M") },
      { product_id: several, variants: [{ variant_id: `${several}-S`, status: "archived" }, ...variantsOf(several, "L")] },
    ]);
    const again = await importRows([{ product_id: several, sku: "ANY" }]);

    expect(rows.map(({ outcome }) => outcome)).toEqual(["created", "updated"]);
    expect(await show(id)).toMatchObject({ variants: [{ variant_id: `${id}-S` }, { variant_id: `${id}-M` }] });
    expect(await show(several)).toMatchObject({ variants: [{ status: "archived" }, { name: "M" }, { name: "L" }] });
    expect(again.rows).toMatchObject([{ outcome: "refused", errors: [{ field: "sku" }] }]);
  });

  it("creates bundles last, so that components may come later in the file, and replaces components", async ({ expect }) => {
    const [bundle, part, other] = [ownId("set"), ownId("part"), await createdProduct()];

    const made = await importRows([
      { product_id: bundle, name: "Set", price: 5, components: [{ product_id: part, quantity: 2 }] },
      { product_id: part, name: "Part", price: 3 },
    ]);
    const changed = await importRows([
      { product_id: bundle, components: [{ product_id: other, quantity: 1 }] },
      { product_id: part, components: [{ product_id: other, quantity: 1 }] },
    ]);

    expect(made.outcomes).toEqual(["created", "created"]);
    expect(changed.rows).toMatchObject([{ outcome: "updated" }, { outcome: "refused", errors: [{ field: "components" }] }]);
    expect(await show(bundle)).toMatchObject({ is_bundle: true, components: [{ product_id: other, quantity: 1 }] });
  });

  it("writes one audit entry for each changed product", async ({ expect }) => {
    const [made, changed, same] = [ownId("p"), await createdProduct(), await createdProduct()];

    const { response } = await importRows([
      { product_id: made, name: "Rice", price: 1 },
      { product_id: changed, price: 1 },
      { product_id: same, price: 150 },
    ]);

    const query = "SELECT record_id, action, before, after FROM audit_log WHERE record_id IN (?, ?, ?) AND request_id = ?";
    const { results } = await env.DB.prepare(query).bind(made, changed, same, response.headers.get("X-Request-Id")).all();
    expect(results).toHaveLength(2);
    expect(results).toContainEqual(expect.objectContaining({ record_id: made, action: "product.create", before: null }));
    expect(results.find((entry) => entry.record_id === changed)).toMatchObject({
      action: "product.change",
      before: expect.stringContaining('"price_minor":15000'),
      after: expect.stringContaining('"price_minor":100'),
    });
  });

  it("keeps the SKU in a product's row equal to its first variant's", async ({ expect }) => {
    const [plain, id] = [await createdProduct(), ownId("shirt")];

    await importRows([
      { product_id: plain, sku: `NEW-${plain}` },
      { product_id: id, name: "Shirt", price: 1, variants: variantsOf(id, "S", "M") },
    ]);
    await importRows([{ product_id: id, variants: [{ variant_id: `${id}-S`, sku: `NEW-${id}` }] }]);

    const { results } = await env.DB.prepare(
      "SELECT sku, (SELECT v.sku FROM variants v WHERE v.product_id = p.product_id ORDER BY position LIMIT 1) AS first_sku FROM products p",
    ).all<{ sku: string; first_sku: string }>();
    expect(results.length).toBeGreaterThanOrEqual(5);
    expect(results.filter((row) => row.sku !== row.first_sku)).toEqual([]);
  });

  it("writes no stock", async ({ expect }) => {
    const id = ownId("p");
    await importRows([{ product_id: id, name: "Rice", price: 1 }]);

    const refused = await importRows([{ product_id: id, current_stock: 5 }]);

    expect(refused.rows).toMatchObject([{ outcome: "refused", errors: [{ field: "current_stock" }] }]);
    expect(await env.STOCK.getByName(id).levels()).toEqual([]);
  });
});
