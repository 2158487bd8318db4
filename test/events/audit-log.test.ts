import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { auditOf } from "../../src/writes/write-once.ts";
import { createdProduct, ownId, productBody } from "../support/shop/catalog.ts";
import { type AskOptions, get, patch, post, put } from "../support/http/requests.ts";
import { bodyOf, send } from "../support/orders/http.ts";
import { demoWarehouses, flush, stockedProduct } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

const ADMIN: AskOptions = { admin: true };

/** Every entry of one record, newest first. */
async function entriesOf(recordType: string, recordId: string): Promise<Record<string, unknown>[]> {
  const query = new URLSearchParams({ record_type: recordType, record_id: recordId });
  const response = await get(`/api/v1/audit-log?${query.toString()}`, ADMIN);
  return (await response.json<{ entries: Record<string, unknown>[] }>()).entries;
}

function countEntries(): Promise<number | null> {
  return env.DB.prepare("SELECT count(*) AS count FROM audit_log").first<number>("count");
}

const warehouse = { name: "Pune", country: "IN", postal_code: "411001", latitude: 18.5, longitude: 73.8 };

describe("the audit log", () => {
  it("has one entry per write: actor, time, action, changed members and request", async ({ expect }) => {
    const body = productBody({ brand: "Before" });
    await post("/api/v1/products", body, ADMIN);

    const response = await patch(`/api/v1/products/${body.product_id}`, { brand: "After", price: 160 }, ADMIN);

    const [change, create, ...others] = await entriesOf("product", body.product_id);
    expect(others).toEqual([]);
    expect(change).toEqual({
      audit_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      actor: "admin",
      action: "product.change",
      record_type: "product",
      record_id: body.product_id,
      before: { brand: "Before", price_minor: 15_000, updated_at_ms: expect.any(Number) },
      after: { brand: "After", price_minor: 16_000, updated_at_ms: expect.any(Number) },
      request_id: response.headers.get("X-Request-Id"),
    });
    expect(create).toMatchObject({ action: "product.create", before: null, after: { name: body.name, brand: "Before" } });
  });

  it.for([
    ["warehouse.create", "warehouse", (id: string) => post("/api/v1/warehouses", { warehouse_id: id, ...warehouse }, ADMIN)],
    [
      "warehouse.change",
      "warehouse",
      async (id: string) => {
        await post("/api/v1/warehouses", { warehouse_id: id, ...warehouse }, ADMIN);
        return patch(`/api/v1/warehouses/${id}`, { name: "Poona" }, ADMIN);
      },
    ],
    [
      "postal_codes.write",
      "country",
      () =>
        put("/api/v1/postal-codes", { country: "LK", postal_codes: [{ code: "00100", latitude: 6.9, longitude: 79.8 }] }, ADMIN),
    ],
    [
      "delivery_method.set",
      "delivery_method",
      () => put("/api/v1/delivery/methods/curbside", { name: "Curbside", cost: 10, days: 3 }, ADMIN),
    ],
  ] as const)("keeps %s", async ([action, recordType, write], { expect }) => {
    const id = ownId("WH");

    const response = await write(id);

    expect(response.ok).toBe(true);
    const requestId = response.headers.get("X-Request-Id") ?? "";
    const entries = await sqlInD1("SELECT action, record_type, actor FROM audit_log WHERE request_id = ?", requestId);
    expect(entries).toEqual([{ action, record_type: recordType, actor: "admin" }]);
  });

  it("has no second entry for a retry with the same key", async ({ expect }) => {
    const [product, key] = [await createdProduct(), ownId("key")];

    await patch(`/api/v1/products/${product}`, { price: 10 }, { ...ADMIN, key });
    const again = await patch(`/api/v1/products/${product}`, { price: 10 }, { ...ADMIN, key });

    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await entriesOf("product", product)).map(({ action }) => action)).toEqual(["product.change", "product.create"]);
  });

  it("has no entry for a refused request", async ({ expect }) => {
    const product = await createdProduct();
    const before = await countEntries();

    const answers = await Promise.all([
      post("/api/v1/products", productBody({ sku: `SKU-${product}` }), ADMIN),
      patch(`/api/v1/products/${product}`, { price: -1 }, ADMIN),
      patch("/api/v1/products/nothing", { price: 1 }, ADMIN),
      patch(`/api/v1/products/${product}`, { price: 1 }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([409, 422, 404, 401]);
    expect(await countEntries()).toBe(before);
  });

  it("has no entry for a guest's order", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    await flush(productId);
    const before = await countEntries();

    const { status } = await send(bodyOf([productId]));
    await flush(productId);

    expect(status).toBe(201);
    expect(await countEntries()).toBe(before);
  });

  it("has no entry for writes of customers and guests", async ({ expect }) => {
    const { deps } = bindDeps(env, { waitUntil: () => {} });
    const by = (isAudited: boolean) => ({ actor: "user:1", isAudited, requestId: "r" });
    const change = { action: "thing.change", recordType: "thing", recordId: "t" };

    const written = [true, false].map((isAudited) => auditOf({ ...deps, by: by(isAudited) }, [change]).length);

    expect(written).toEqual([1, 0]);
  });

  it("has a manual stock movement after its flush, once however often it is flushed", async ({ expect }) => {
    const product = await createdProduct();
    const body = { quantity: 7, movement_type: "in", reason: "delivery", warehouse_id: "BLR" };
    const response = await put(`/api/v1/inventory/products/${product}/stock`, body, ADMIN);

    await flush(product);
    await env.STOCK.getByName(product).resend();
    await flush(product);

    const [booked, ...others] = await entriesOf("product", product);
    expect(others.map(({ action }) => action)).toEqual(["product.create"]);
    expect(booked).toMatchObject({
      actor: "admin",
      action: "stock.receive",
      before: { on_hand: 0 },
      after: { on_hand: 7, variant_id: product, warehouse_id: "BLR", reason: "delivery" },
      request_id: response.headers.get("X-Request-Id"),
    });
  });
});
