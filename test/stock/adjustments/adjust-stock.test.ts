import { beforeAll, describe, it } from "vitest";
import { levelsOf, move, MOVE } from "../../support/stock/inventory.ts";
import { archive, demoWarehouses, product, stockedProduct } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

describe("adjusting stock", () => {
  it("receives units, and answers the units on hand before and after", async ({ expect }) => {
    const { productId } = await stockedProduct(5);

    const response = await move(productId, { ...MOVE, reference_id: "PO-7" });

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      product_id: productId,
      variant_id: productId,
      warehouse_id: "BLR",
      previous_stock: 5,
      new_stock: 15,
      current_stock: 15,
      movement: { kind: "receive", delta_on_hand: 10, reason: "delivery", reference_id: "PO-7", actor: "admin" },
    });
    expect(await levelsOf(productId)).toEqual([{ warehouseId: "BLR", onHand: 15, reserved: 0 }]);
  });

  it("issues units", async ({ expect }) => {
    const { productId } = await stockedProduct(5);

    const response = await move(productId, { ...MOVE, quantity: 2, movement_type: "out" });

    expect(await response.json()).toMatchObject({
      previous_stock: 5,
      new_stock: 3,
      movement: { kind: "issue", delta_on_hand: -2 },
    });
  });

  it("sets the number on hand, also to 0", async ({ expect }) => {
    const { productId } = await stockedProduct(5);

    const first = await move(productId, { ...MOVE, quantity: 7, movement_type: "set" });
    const second = await move(productId, { ...MOVE, quantity: 0, movement_type: "set" });

    expect(await first.json()).toMatchObject({ previous_stock: 5, new_stock: 7, movement: { kind: "count", delta_on_hand: 2 } });
    expect(await second.json()).toMatchObject({ previous_stock: 7, new_stock: 0, movement: { delta_on_hand: -7 } });
  });

  it("defaults to the shop's default warehouse", async ({ expect }) => {
    const { productId } = await product();

    const response = await move(productId, { ...MOVE, warehouse_id: undefined });

    expect(await response.json()).toMatchObject({ warehouse_id: "BLR", new_stock: 10 });
  });

  it("accepts the same reference of a client any number of times", async ({ expect }) => {
    const { productId } = await product();

    await move(productId, { ...MOVE, reference_id: "PO-8" });
    const response = await move(productId, { ...MOVE, reference_id: "PO-8" });

    expect(await response.json()).toMatchObject({ previous_stock: 10, new_stock: 20 });
  });

  it("stores script and SQL in a reason as text", async ({ expect }) => {
    const { productId } = await product();
    const reason = `<script>alert(1)</script>'); DROP TABLE products; --`;

    const response = await move(productId, { ...MOVE, reason });

    expect(await response.json()).toMatchObject({ movement: { reason } });
  });

  it("adjusts archived products: their units are still on the shelf", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    await archive(productId);

    const response = await move(productId, { ...MOVE, quantity: 1, movement_type: "out" });

    expect(await response.json()).toMatchObject({ new_stock: 4 });
  });
});

describe("an Idempotency-Key on an adjustment", () => {
  it("moves the units once, however often it is sent", async ({ expect }) => {
    const { productId } = await product();
    const key = crypto.randomUUID();

    const first = await move(productId, MOVE, key);
    const second = await move(productId, MOVE, key);

    expect([first.status, first.headers.get("Idempotency-Replayed")]).toEqual([200, null]);
    expect([second.status, second.headers.get("Idempotency-Replayed")]).toEqual([200, "true"]);
    expect(await second.json()).toEqual(await first.json());
    expect(await levelsOf(productId)).toEqual([{ warehouseId: "BLR", onHand: 10, reserved: 0 }]);
  });

  it("moves the units once when it is sent twice concurrently", async ({ expect }) => {
    const { productId } = await product();
    const key = crypto.randomUUID();

    const responses = await Promise.all([move(productId, MOVE, key), move(productId, MOVE, key)]);

    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(await levelsOf(productId)).toEqual([{ warehouseId: "BLR", onHand: 10, reserved: 0 }]);
  });

  it("is refused with another body", async ({ expect }) => {
    const { productId } = await product();
    const key = crypto.randomUUID();

    await move(productId, MOVE, key);
    const response = await move(productId, { ...MOVE, quantity: 11 }, key);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "idempotency_key_reused" });
    expect(await levelsOf(productId)).toEqual([{ warehouseId: "BLR", onHand: 10, reserved: 0 }]);
  });

  it("means another movement for another product", async ({ expect }) => {
    const [one, other] = [await product(), await product()];
    const key = crypto.randomUUID();

    await move(one.productId, MOVE, key);
    const response = await move(other.productId, MOVE, key);

    expect(await response.json()).toMatchObject({ product_id: other.productId, new_stock: 10 });
  });

  it("of 300 characters is refused", async ({ expect }) => {
    const { productId } = await product();

    const response = await move(productId, MOVE, "k".repeat(300));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "idempotency_key_invalid" });
  });
});
