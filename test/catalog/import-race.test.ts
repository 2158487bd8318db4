import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { readRows } from "../../src/catalog/bulk/import-json.ts";
import { importProducts } from "../../src/catalog/bulk/import-products.ts";
import { BULK_FORMATS } from "../../src/catalog/rules/bulk-file.ts";
import { refreshStale } from "../../src/stock/audit/refresh-stale.ts";
import { importRows, manyRows } from "../support/shop/bulk.ts";
import { createdProduct, ownId } from "../support/shop/catalog.ts";
import { atD1, faultyWorker } from "../support/faults.ts";
import { patch, post } from "../support/http/requests.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

afterEach(() => void vi.restoreAllMocks());

describe("an import and a concurrent request", () => {
  /** Runs an action between the read and the write of an import. */
  function betweenReadAndWrite(act: () => Promise<unknown>): void {
    const real = env.DB.batch.bind(env.DB);
    const batch = vi.spyOn(env.DB, "batch");
    batch.mockImplementationOnce(async (statements) => {
      const answer = await real(statements);
      await act();
      return answer;
    });
  }

  it("keep both changes of a product", async ({ expect }) => {
    const [id, other] = [await createdProduct(), ownId("p")];
    betweenReadAndWrite(() => patch(`/api/v1/products/${id}`, { brand: "Daawat" }, { admin: true }));

    const { outcomes } = await importRows([
      { product_id: id, price: 9 },
      { product_id: other, name: "Rice", price: 1 },
    ]);

    expect(outcomes).toEqual(["updated", "created"]);
    const row = await env.DB.prepare("SELECT price_minor, brand FROM products WHERE product_id = ?").bind(id).first();
    expect(row).toEqual({ price_minor: 900, brand: "Daawat" });
  });

  it("refuse the row whose SKU was taken meanwhile, and write the others", async ({ expect }) => {
    const [a, b] = [ownId("p"), ownId("p")];
    let other = "";
    betweenReadAndWrite(async () => {
      other = await createdProduct({ sku: `S-${a}` });
    });

    const { outcomes, rows } = await importRows([
      { product_id: a, name: "Rice", price: 1, sku: `S-${a}` },
      { product_id: b, name: "Rice", price: 1 },
    ]);

    expect(outcomes).toEqual(["refused", "created"]);
    expect(rows[0]?.errors).toEqual([
      { field: "sku", message: `must be unique, but the variant ${other} has it`, value: `S-${a}` },
    ]);
  });

  it("change the product that was created meanwhile", async ({ expect }) => {
    const id = ownId("p");
    betweenReadAndWrite(() =>
      post("/api/v1/products", { product_id: id, name: "Rice", price: 5, sku: `S-${id}` }, { admin: true }),
    );

    const { outcomes } = await importRows([{ product_id: id, name: "Rice", price: 1 }]);

    expect(outcomes).toEqual(["updated"]);
  });

  it("answer 503 if the product is changed before every attempt", async ({ expect }) => {
    const id = await createdProduct();
    const real = env.DB.batch.bind(env.DB);
    vi.spyOn(env.DB, "batch").mockImplementation(async (statements) => {
      const answer = await real(statements);
      await env.DB.prepare("UPDATE products SET updated_at_ms = updated_at_ms + 1 WHERE product_id = ?").bind(id).run();
      return answer;
    });

    const { http, code } = await importRows([{ product_id: id, price: 9 }]);

    expect({ http, code }).toEqual({ http: 503, code: "unresolved" });
  });
});

describe("list figures after an import", () => {
  it("are recomputed for products whose price, status, category or minimum changed, and for bundles by a component", async ({
    expect,
  }) => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => createdProduct()));
    const [priced, closed, named, same, part] = ids;
    const worker = faultyWorker((call) => (atD1("find stale products")(call) ? "lost" : "none"));
    const called = vi.spyOn(env.STOCK, "getByName");

    const rows = [
      { product_id: priced, price: 9 },
      { product_id: closed, status: "archived" },
      { product_id: named, name: "Other" },
      { product_id: same, price: 150 },
      { product_id: ownId("p"), name: "New", price: 1 },
      { product_id: ownId("set"), name: "Set", price: 1, components: [{ product_id: part, quantity: 1 }] },
    ];
    const text = rows.map((row) => JSON.stringify(row)).join("\n");
    await importProducts(worker.deps, undefined, readRows(text, BULK_FORMATS.ndjson, 2));
    await worker.idle().catch(() => undefined);
    const owed = await sqlInD1<{ product_id: string }>("SELECT product_id FROM stale_products");

    expect(new Set(owed.map((row) => row.product_id))).toEqual(new Set([priced, closed, part]));
    expect(called).not.toHaveBeenCalled();
  });

  it("are recomputed fifty at a time, each once, and no object is called", async ({ expect }) => {
    const rows = manyRows(ownId("many")).slice(0, 120);
    await importProducts(faultyWorker().deps, undefined, rows);
    let asked = 0;
    const batches: string[] = [];
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (call.to === "stock") asked += 1;
        else batches.push(call.name);
      },
    );
    await refreshStale(faultyWorker().deps);
    const dearer = rows.map((row) => ({ ...row, wanted: { ...row.wanted, fields: { priceMinor: 2 } } }));

    await importProducts(worker.deps, undefined, dearer as typeof rows);
    await worker.idle();

    expect([asked, batches.filter((name) => name === "refresh products").length]).toEqual([0, 3]);
  });
});
