import { beforeAll, describe, it } from "vitest";
import { cartOf, changeItem, claimCart, itemRows, newCart, putItem, removeItem } from "../support/carts/carts.ts";
import { userOf } from "../support/accounts/accounts.ts";
import { post } from "../support/http/requests.ts";
import { stocked } from "../support/orders/orders.ts";
import { demoWarehouses, receive } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

const QUANTITIES = [0, -1, 1.5, 10_001, 1e21, "2", null, [], {}, true];
const PROMO_CODES = ["", " ", 1, "with blank", "x".repeat(51), "कोड", "a\u0000b", []];

describe("adding to a cart", () => {
  it.for([
    ...QUANTITIES.map((quantity) => ["quantity", { quantity }] as const),
    ...PROMO_CODES.map((code) => ["promo_code", { promo_code: code }] as const),
    ["quantity", { quantity: undefined }],
    ["product_id", { product_id: "" }],
    ["product_id", { product_id: 1 }],
    ["product_id", { product_id: "x".repeat(65) }],
    ["product_id", { product_id: "चावल" }],
    ["variant_id", { variant_id: " " }],
    ["variant_id", { variant_id: null }],
    ["variant_id", { product_id: undefined }],
    ["user_tier", { user_tier: "platinum" }],
    ["user_tier", { user_tier: 1 }],
    ["country", { country: "India" }],
    ["postal_code", { postal_code: "x".repeat(17) }],
    ["postal_code", { postal_code: 560_034 }],
  ] as const)("refuses a bad %s: %j", async ([field, more], { expect }) => {
    const response = await post("/api/v1/carts/CRT1/items", { product_id: "p", quantity: 1, ...more });

    expect(response.status).toBe(422);
    const { code, errors } = await response.json<{ code: string; errors: { field: string }[] }>();
    expect([code, errors[0]?.field]).toEqual(["validation_failed", field]);
  });

  it("refuses NaN, truncated JSON, another media type and a body that is too large", async ({ expect }) => {
    const answers = [
      await post("/api/v1/carts/CRT1/items", '{"product_id":"p","quantity":NaN}'),
      await post("/api/v1/carts/CRT1/items", '{"product_id"'),
      await post("/api/v1/carts/CRT1/items", "quantity=1", { headers: { "Content-Type": "application/x-www-form-urlencoded" } }),
      await post("/api/v1/carts/CRT1/items", { product_id: "p", quantity: 1, more: "x".repeat(70_000) }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 415, 413]);
  });
});

describe("changing a line", () => {
  it.for([
    ...QUANTITIES.map((quantity) => ["quantity", { quantity }] as const),
    ...PROMO_CODES.map((code) => ["promo_code", { promo_code: code }] as const),
    ["quantity", {}],
  ] as const)("refuses a bad %s: %j", async ([field, body], { expect }) => {
    const response = await changeItem("CRT1", "p", body);

    expect(response.status).toBe(422);
    const { code, errors } = await response.json<{ code: string; errors: { field: string }[] }>();
    expect([code, errors[0]?.field]).toEqual(["validation_failed", field]);
  });

  it.for(["x".repeat(65), "%20", "%00", "चावल"])("refuses the ids %s", async (id, { expect }) => {
    const answers = [await changeItem("CRT1", id, { quantity: 1 }), await removeItem("CRT1", id), await removeItem(id, "p")];

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
  });
});

describe("the key of a cart edit", () => {
  it("is refused if it is invalid, too short for a guest, or was used with another body", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();
    const key = crypto.randomUUID();
    await putItem(cartId, productId, 1, {}, { key });

    const answers = [
      await putItem(cartId, productId, 2, {}, { key }),
      await putItem(cartId, productId, 2, {}, { key: "short" }),
      await changeItem(cartId, productId, { quantity: 2 }, { key: "short" }),
      await removeItem(cartId, productId, { key: "x".repeat(256) }),
      await claimCart(cartId, { key: "x".repeat(256), token: (await userOf()).token }),
    ];
    const codes = await Promise.all(answers.map(async (answer) => [answer.status, (await answer.json<{ code: string }>()).code]));

    expect(codes).toEqual([
      [422, "idempotency_key_reused"],
      [400, "idempotency_key_too_weak"],
      [400, "idempotency_key_too_weak"],
      [400, "idempotency_key_invalid"],
      [400, "idempotency_key_invalid"],
    ]);
    expect(await itemRows(cartId)).toMatchObject([{ quantity: 1, editNo: 1 }]);
  });

  it("makes a repeat change nothing and return the cart as it is now, also after a later edit", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 1 });
    const [put, remove] = [crypto.randomUUID(), crypto.randomUUID()];

    const first = await putItem(cartId, productId, 3, {}, { key: put });
    await putItem(cartId, productId, 2);
    const again = await putItem(cartId, productId, 3, {}, { key: put });
    await removeItem(cartId, productId, { key: remove });
    await putItem(cartId, productId, 4);
    const removed = await removeItem(cartId, productId, { key: remove });

    expect([first, again, removed].map((answer) => answer.headers.get("Idempotency-Replayed"))).toEqual([null, "true", "true"]);
    expect(await again.json()).toMatchObject({ items: [{ quantity: 2 }] });
    expect(await removed.json()).toMatchObject({ items: [{ quantity: 4 }] });
    expect(await itemRows(cartId)).toMatchObject([{ quantity: 4, editNo: 5 }]);
  });

  it("makes concurrent requests act once", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await newCart();
    const key = crypto.randomUUID();

    const answers = await Promise.all([1, 2, 3].map(() => putItem(cartId, productId, 2, {}, { key })));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await itemRows(cartId)).toMatchObject([{ quantity: 2, editNo: 1 }]);
  });

  it("of a refused edit stays usable: once there is stock, the same key succeeds", async ({ expect }) => {
    const productId = await stocked(1);
    const cartId = await newCart();
    const key = crypto.randomUUID();

    const refused = await putItem(cartId, productId, 2, {}, { key });
    await receive(productId, 9);
    const again = await putItem(cartId, productId, 2, {}, { key });

    expect([refused.status, again.status]).toEqual([409, 200]);
    expect(again.headers.get("Idempotency-Replayed")).toBeNull();
  });
});
