import { beforeAll, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import { post, put } from "../../support/http/requests.ts";
import { levelsOf, move, MOVE } from "../../support/stock/inventory.ts";
import { unitsOf } from "../../support/orders/http.ts";
import { bundle, demoWarehouses, newId, product, stockedProduct } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

describe("a refused adjustment", () => {
  it("takes no reserved and no allocated units, and answers how many are free", async ({ expect }) => {
    const { productId } = await stockedProduct(7);
    const card = { customer_name: "Asha", payment_method: "card", item: productId, quantity: 3 };
    expect((await post("/api/v1/orders", card)).status).toBe(201);
    expect((await post("/api/v1/orders", { ...card, payment_method: "cod", quantity: 2 })).status).toBe(201);
    await vi.waitFor(async () => expect(await unitsOf(productId)).toEqual({ BLR: [7, 3, 2] }));

    for (const body of [
      { ...MOVE, quantity: 3, movement_type: "out" },
      { ...MOVE, quantity: 4, movement_type: "set" },
    ]) {
      const response = await move(productId, body);

      expect(response.status).toBe(409);
      const problem = { code: "units_reserved", warehouse_id: "BLR", free: 2, on_hand: 7, reserved: 3, allocated: 2 };
      expect(await response.json()).toMatchObject(problem);
    }
    expect(await unitsOf(productId)).toEqual({ BLR: [7, 3, 2] });
  });

  it("is refused again for its key, as a replay", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    const [key, body] = [newId(), { ...MOVE, quantity: 6, movement_type: "out" }];
    const first = await move(productId, body, key);
    await move(productId, MOVE);

    const again = await move(productId, body, key);

    expect([first, again].map(({ headers }) => headers.get("Idempotency-Replayed"))).toEqual([null, "true"]);
    expect(await again.json()).toMatchObject({ code: "units_reserved", free: 5, on_hand: 5 });
  });

  it("takes nothing from a warehouse with fewer units", async ({ expect }) => {
    const { productId } = await stockedProduct(5);

    const response = await move(productId, { ...MOVE, quantity: 1, movement_type: "out", warehouse_id: "MUM" });

    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: "units_reserved", free: 0, on_hand: 0 });
  });

  it("is 404 for an unknown product", async ({ expect }) => {
    const response = await move(newId(), MOVE);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "not_found" });
  });

  it("is refused for a bundle, which has no stock of its own", async ({ expect }) => {
    const { productId } = await bundle([await product()]);

    const response = await move(productId, MOVE);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "bundle_has_no_stock" });
  });

  it("is 401 for a guest, and nothing is moved", async ({ expect }) => {
    const { productId } = await product();

    const response = await put(`/api/v1/inventory/products/${productId}/stock`, MOVE);

    expect(response.status).toBe(401);
    expect(await levelsOf(productId)).toEqual([]);
  });

  it("names the variant if the product has several", async ({ expect }) => {
    const id = newId();
    const variants = [
      { variant_id: `${id}-s`, sku: `${id}-S` },
      { variant_id: `${id}-l`, sku: `${id}-L` },
    ];
    const { productId } = await product({ product_id: id, variants });

    const unnamed = await move(productId, MOVE);
    const foreign = await move(productId, { ...MOVE, variant_id: "nobody-s" });
    const named = await move(productId, { ...MOVE, variant_id: `${id}-l` });

    for (const response of [unnamed, foreign]) {
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field: "variant_id" }] });
    }
    expect(await named.json()).toMatchObject({ variant_id: `${id}-l`, new_stock: 10 });
  });

  it("names an unknown or archived warehouse", async ({ expect }) => {
    const { productId } = await product();
    const archived = newId("W");
    const warehouse = { name: "Old", country: "IN", postal_code: "560001", latitude: 13, longitude: 77, status: "archived" };
    await post("/api/v1/warehouses", { warehouse_id: archived, ...warehouse }, { admin: true });

    for (const warehouse_id of ["nowhere", archived]) {
      const response = await move(productId, { ...MOVE, warehouse_id });

      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field: "warehouse_id" }] });
    }
    expect(await levelsOf(productId)).toEqual([]);
  });
});

describe("an invalid adjustment", () => {
  const BAD: [string, unknown, string][] = [
    ["quantity 0 in", { ...MOVE, quantity: 0 }, "quantity"],
    ["quantity 0 out", { ...MOVE, quantity: 0, movement_type: "out" }, "quantity"],
    ["quantity -1", { ...MOVE, quantity: -1 }, "quantity"],
    ["quantity 1.5", { ...MOVE, quantity: 1.5 }, "quantity"],
    ["quantity 1,000,001", { ...MOVE, quantity: 1_000_001 }, "quantity"],
    ["quantity 1e400", `{"quantity":1e400,"movement_type":"in","reason":"x"}`, "quantity"],
    ["a text as quantity", { ...MOVE, quantity: "10" }, "quantity"],
    ["no quantity", { ...MOVE, quantity: undefined }, "quantity"],
    ["no movement_type", { ...MOVE, movement_type: undefined }, "movement_type"],
    ["an unknown movement_type", { ...MOVE, movement_type: "sale" }, "movement_type"],
    ["no reason", { ...MOVE, reason: undefined }, "reason"],
    ["a blank reason", { ...MOVE, reason: "  " }, "reason"],
    ["a reason of 201 characters", { ...MOVE, reason: "x".repeat(201) }, "reason"],
    ["a warehouse of 10 KB", { ...MOVE, warehouse_id: "x".repeat(10_000) }, "warehouse_id"],
    ["a variant of 10 KB", { ...MOVE, variant_id: "x".repeat(10_000) }, "variant_id"],
  ];

  it.for(BAD)("is refused for %s, naming the field", async ([, body, field], { expect }) => {
    const { productId } = await product();

    const response = await move(productId, body);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field }] });
    expect(await levelsOf(productId)).toEqual([]);
  });

  it("is refused for a product id of 10 KB", async ({ expect }) => {
    const response = await move("x".repeat(10_000), MOVE);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field: "product_id" }] });
  });

  it("is refused for malformed JSON, another content type and no body", async ({ expect }) => {
    const { productId } = await product();
    const path = `/api/v1/inventory/products/${productId}/stock`;

    const malformed = await move(productId, "{");
    const form = await put(path, "quantity=1", { admin: true, headers: { "Content-Type": "application/x-www-form-urlencoded" } });
    const none = await put(path, undefined, { admin: true });

    expect([malformed.status, await malformed.json()]).toMatchObject([400, { code: "malformed_json" }]);
    expect([form.status, await form.json()]).toMatchObject([415, { code: "unsupported_media_type" }]);
    expect(none.status).toBeGreaterThanOrEqual(400);
    expect(await levelsOf(productId)).toEqual([]);
  });
});

describe("an object that does not answer whether it moved the units", () => {
  it("is 503 unresolved, and a repeat with the key gets the result", async ({ expect }) => {
    const { productId } = await product();
    const key = crypto.randomUUID();
    const adjust = vi.spyOn(StockCounter.prototype, "adjust").mockRejectedValue(new Error("inner words"));

    const lost = await move(productId, MOVE, key);
    adjust.mockRestore();
    const retried = await move(productId, MOVE, key);

    expect([lost.status, lost.headers.get("Retry-After")]).toEqual([503, "1"]);
    const problem = await lost.text();
    expect(JSON.parse(problem)).toMatchObject({ code: "unresolved" });
    expect(problem).not.toContain("inner words");
    expect(await retried.json()).toMatchObject({ new_stock: 10 });
  });

  it("moves them once if only its answers were lost", async ({ expect }) => {
    const { productId } = await product();
    const real = Reflect.get(StockCounter.prototype, "adjust");
    const adjust = vi.spyOn(StockCounter.prototype, "adjust").mockImplementation(async function lose(
      this: StockCounter,
      adjustment,
    ) {
      await real.call(this, adjustment);
      throw new Error("the answer was lost");
    });

    const lost = await move(productId, MOVE);
    adjust.mockRestore();

    expect(lost.status).toBe(503);
    expect(lost.headers.get("Retry-After")).toBeNull();
    expect(await lost.json()).toMatchObject({ code: "unresolved" });
    expect(await levelsOf(productId)).toEqual([{ warehouseId: "BLR", onHand: 10, reserved: 0 }]);
  });
});
