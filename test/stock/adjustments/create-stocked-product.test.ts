import { beforeAll, describe, it } from "vitest";
import { ownBarcode } from "../../support/shop/catalog.ts";
import { type AskOptions, get, post, put } from "../../support/http/requests.ts";
import { levelsOf } from "../../support/stock/inventory.ts";
import { demoWarehouses, flush, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const URL = "/api/v1/inventory/products";
const ADMIN = { admin: true };

beforeAll(demoWarehouses);

const body = (more: Record<string, unknown> = {}) => ({ name: "Basmati Rice 1kg", price: 150, ...more });
const create = (more: Record<string, unknown> = {}, options: AskOptions = {}) => post(URL, body(more), { ...ADMIN, ...options });

describe("POST /api/v1/inventory/products", () => {
  it("creates a product with every field, and its units", async ({ expect }) => {
    const said = {
      product_id: newId(),
      mrp: 180,
      cost_price: 110.5,
      category: "Grains",
      brand: "Daawat",
      unit: "kg",
      description: "Aged",
      min_stock_level: 10,
      max_stock_level: 200,
      supplier_name: "Anand",
      supplier_contact: "+91 98450 00000",
      supplier_email: "orders@anand.example",
      barcode: ownBarcode(),
    };

    const response = await create({ ...said, sku: `RICE-${said.product_id}`, current_stock: 25, warehouse_id: "MUM" });

    expect(response.status).toBe(201);
    expect(response.headers.get("Location")).toBe(`/api/v1/products/${said.product_id}`);
    expect(await response.json()).toMatchObject({
      ...said,
      price: 150,
      variants: [{ variant_id: said.product_id, sku: `RICE-${said.product_id}` }],
      current_stock: 25,
      initial_stock: {
        warehouse_id: "MUM",
        previous_stock: 0,
        new_stock: 25,
        movement: { kind: "receive", delta_on_hand: 25, reason: "Initial stock", actor: "admin" },
      },
    });
    expect(await levelsOf(said.product_id)).toEqual([{ warehouseId: "MUM", onHand: 25, reserved: 0 }]);
  });

  it("makes an id and a SKU of the name if absent, and receives into the default warehouse", async ({ expect }) => {
    const response = await create({ current_stock: 3 });

    const made = await response.json<{ product_id: string; variants: unknown }>();
    expect(response.status).toBe(201);
    expect(made.product_id).toMatch(/^basmati-rice-1kg(-\w+)?$/);
    expect(made.variants).toMatchObject([{ variant_id: made.product_id, sku: made.product_id }]);
    expect(await levelsOf(made.product_id)).toEqual([{ warehouseId: "BLR", onHand: 3, reserved: 0 }]);
  });

  it.for([undefined, 0])("moves nothing if current_stock is %s", async (units, { expect }) => {
    const response = await create({ current_stock: units, warehouse_id: "nowhere" });

    const made = await response.json<{ product_id: string }>();
    expect(made).toMatchObject({ current_stock: 0, initial_stock: null });
    expect(await levelsOf(made.product_id)).toEqual([]);
  });

  it("writes the product and the movement to the audit log", async ({ expect }) => {
    const productId = newId();

    await create({ product_id: productId, current_stock: 3 });
    await flush(productId);

    const entries = await sqlInD1<{ action: string }>(
      "SELECT action FROM audit_log WHERE record_id = ? ORDER BY action",
      productId,
    );
    expect(entries.map(({ action }) => action)).toEqual(["product.create", "stock.receive"]);
  });

  it("creates a product that can be ordered", async ({ expect }) => {
    const productId = newId();
    await create({ product_id: productId, current_stock: 2 });

    const response = await get(`${URL}/${productId}/availability/2`);

    expect(await response.json()).toMatchObject({ available: true, current_stock: 2 });
  });

  it("is only for admins", async ({ expect }) => {
    expect((await post(URL, body())).status).toBe(401);
  });

  it.for([
    ["no name", { name: undefined }, "name"],
    ["no price", { price: undefined }, "price"],
    ["half a unit", { current_stock: 0.5 }, "current_stock"],
    ["units below nothing", { current_stock: -1 }, "current_stock"],
    ["more than a million units", { current_stock: 1_000_001 }, "current_stock"],
    ["a warehouse that does not exist", { current_stock: 1, warehouse_id: "nowhere" }, "warehouse_id"],
    ["levels the wrong way round", { min_stock_level: 5, max_stock_level: 4 }, "max_stock_level"],
    ["three decimals", { cost_price: 1.005 }, "cost_price"],
    ["a barcode with a wrong check digit", { barcode: "4006381333930" }, "barcode"],
  ] as const)("refuses %s and creates nothing", async ([, more, field], { expect }) => {
    const productId = newId();

    const response = await create({ product_id: productId, ...more });

    expect([response.status, await response.json()]).toMatchObject([422, { code: "validation_failed", errors: [{ field }] }]);
    expect((await get(`/api/v1/products/${productId}`)).status).toBe(404);
  });

  it("names the taken id, SKU or barcode, and moves nothing", async ({ expect }) => {
    const [productId, barcode] = [newId(), ownBarcode()];
    await create({ product_id: productId, sku: `S-${productId}`, barcode });

    const answers = await Promise.all([
      create({ product_id: productId, sku: newId(), current_stock: 5 }),
      create({ sku: `S-${productId}`, current_stock: 5 }),
      create({ barcode, current_stock: 5 }),
    ]);

    const problems = await Promise.all(answers.map((answer) => answer.json<{ code: string; errors: { field: string }[] }>()));
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect(problems.map(({ errors }) => errors[0]?.field)).toEqual(["product_id", "sku", "barcode"]);
    expect(await levelsOf(productId)).toEqual([]);
  });
});

describe("an Idempotency-Key on a product with units", () => {
  it("creates one product with its units once, and repeats the answer", async ({ expect }) => {
    const key = newId("key");

    const first = await create({ current_stock: 7 }, { key });
    const second = await create({ current_stock: 7 }, { key });

    const made = await first.json<{ product_id: string }>();
    expect([first.headers.get("Idempotency-Replayed"), second.headers.get("Idempotency-Replayed")]).toEqual([null, "true"]);
    expect([second.status, await second.json()]).toEqual([201, made]);
    expect(await levelsOf(made.product_id)).toEqual([{ warehouseId: "BLR", onHand: 7, reserved: 0 }]);
  });

  it("creates one product for two concurrent requests", async ({ expect }) => {
    const key = newId("key");

    const answers = await Promise.all([create({ current_stock: 7 }, { key }), create({ current_stock: 7 }, { key })]);

    const made = await Promise.all(answers.map((answer) => answer.json<{ product_id: string }>()));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(made[0]).toEqual(made[1]);
    expect(await levelsOf(made[0]?.product_id ?? "")).toEqual([{ warehouseId: "BLR", onHand: 7, reserved: 0 }]);
  });

  it("repeats the answer after its units have moved", async ({ expect }) => {
    const [key, productId] = [newId("key"), newId()];
    const first = await create({ product_id: productId, current_stock: 7 }, { key });
    await put(`${URL}/${productId}/stock`, { quantity: 2, movement_type: "out", reason: "sold" }, ADMIN);

    const second = await create({ product_id: productId, current_stock: 7 }, { key });

    expect(await second.json()).toEqual(await first.json());
    expect(await levelsOf(productId)).toEqual([{ warehouseId: "BLR", onHand: 5, reserved: 0 }]);
  });

  it("is refused with another body", async ({ expect }) => {
    const key = newId("key");
    await create({ current_stock: 7 }, { key });

    const response = await create({ current_stock: 8 }, { key });

    expect([response.status, await response.json()]).toMatchObject([422, { code: "idempotency_key_reused" }]);
  });
});
