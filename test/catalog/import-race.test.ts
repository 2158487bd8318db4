import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { importProducts } from "../../src/catalog/import-products.ts";
import { importRows, manyRows } from "../support/shop/bulk.ts";
import { createdProduct, ownId } from "../support/shop/catalog.ts";
import { faultyWorker } from "../support/faults.ts";
import { patch, post } from "../support/http/requests.ts";

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
    betweenReadAndWrite(() => createdProduct({ sku: `S-${a}` }));

    const { outcomes, rows } = await importRows([
      { product_id: a, name: "Rice", price: 1, sku: `S-${a}` },
      { product_id: b, name: "Rice", price: 1 },
    ]);

    expect(outcomes).toEqual(["refused", "created"]);
    expect(rows[0]?.errors).toEqual([{ field: "sku", message: "is already in use" }]);
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
    const called = vi.spyOn(env.STOCK, "getByName");

    await importRows([
      { product_id: priced, price: 9 },
      { product_id: closed, status: "archived" },
      { product_id: named, name: "Other" },
      { product_id: same, price: 150 },
      { product_id: ownId("p"), name: "New", price: 1 },
      { product_id: ownId("set"), name: "Set", price: 1, components: [{ product_id: part, quantity: 1 }] },
    ]);

    await vi.waitFor(() => expect(new Set(called.mock.calls.map(([name]) => name))).toEqual(new Set([priced, closed, part])));
  });

  it("are recomputed six at a time", async ({ expect }) => {
    const rows = manyRows(ownId("many"));
    await importProducts(faultyWorker().deps, undefined, rows);
    let [inFlight, most, asked] = [0, 0, 0];
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (call.to !== "stock") return;
        asked += 1;
        inFlight += 1;
        most = Math.max(most, inFlight);
        await Promise.resolve();
        inFlight -= 1;
      },
    );
    const dearer = rows.slice(0, 40).map((row) => ({ ...row, wanted: { ...row.wanted, fields: { priceMinor: 2 } } }));

    await importProducts(worker.deps, undefined, dearer as typeof rows);
    await worker.idle();

    expect([asked, most]).toEqual([40, 6]);
  });
});
