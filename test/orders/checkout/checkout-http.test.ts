import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { appWith } from "../../support/http/app.ts";
import { cartOf, newCart } from "../../support/carts/carts.ts";
import { type AskOptions, post } from "../../support/http/requests.ts";
import { inStock, newKey, type OrderBody, type ProblemBody, read, show, unitsOf } from "../../support/orders/http.ts";
import { availableAt } from "../../support/orders/orders.ts";
import { archive, bundle, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

async function check<B = OrderBody>(cartId: unknown, more: Record<string, unknown> = {}, options: AskOptions = {}) {
  return read<B>(await post("/api/v1/checkout", { cart_id: cartId, customer_name: "Ravi", ...more }, options));
}

const refused = (cartId: unknown, more: Record<string, unknown> = {}, options: AskOptions = {}) =>
  check<ProblemBody>(cartId, more, options);

async function rice(units = 5): Promise<{ productId: string; cartId: string }> {
  const productId = await inStock(units);
  return { productId, cartId: await cartOf({ [productId]: 2 }) };
}

describe("POST /api/v1/checkout", () => {
  it("answers 201 with the order, its location and its token", async ({ expect }) => {
    const { productId, cartId } = await rice();

    const { status, headers, body } = await check(cartId, { expected_total: 349, postal_code: "560034" });

    expect([status, headers.get("Location")]).toEqual([201, `/api/v1/orders/${body.order_id}`]);
    expect(body).toMatchObject({ status: "PENDING", subtotal: 300, total: 349, items: [{ product_id: productId, quantity: 2 }] });
    expect(await show(body.order_id, { token: body.order_token })).toMatchObject({ status: 200 });
  });

  it("answers a repeat with its key 201 with the same order, and another body under it 422", async ({ expect }) => {
    const { cartId } = await rice();
    const key = newKey();
    const first = await check(cartId, {}, { key });

    const again = await check(cartId, {}, { key });
    const other = await refused(cartId, { notes: "other" }, { key });

    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, "true"]);
    expect(again.body.order_id).toBe(first.body.order_id);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency_key_reused" } });
  });

  it("answers 409 cart_checked_out with the order, to every other checkout", async ({ expect }) => {
    const { cartId } = await rice();
    const { body } = await check(cartId);

    expect(await refused(cartId)).toMatchObject({
      status: 409,
      body: { code: "cart_checked_out", order_id: body.order_id },
    });
  });

  it("answers 409 total_changed with the new quote, and the cart's units stay reserved", async ({ expect }) => {
    const { productId, cartId } = await rice();

    const answer = await refused(cartId, { expected_total: 1 });

    expect(answer).toMatchObject({ status: 409, body: { code: "total_changed", expected_total: 1, quote: { total: 349 } } });
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 2] });
  });

  it("answers 409 insufficient_stock with the products that are no longer sold", async ({ expect }) => {
    const { productId, cartId } = await rice();
    await archive(productId);

    expect(await refused(cartId)).toMatchObject({
      status: 409,
      body: { code: "insufficient_stock", stock_errors: [{ product_id: productId }] },
    });
  });

  it("sells a bundle and one of its components as separate lines", async ({ expect }) => {
    const [bed, mattress] = [await inStock(5), await inStock(5)];
    const { productId: set } = await bundle([{ productId: bed }, { productId: mattress, quantity: 2 }]);
    const cartId = await cartOf({ [set]: 1, [mattress]: 1 });

    const { status, body } = await check(cartId);

    expect([status, body.items.map(({ allocations }) => allocations.map(({ quantity }) => quantity))]).toEqual([
      201,
      [[1, 2], [1]],
    ]);
    const free = await Promise.all([bed, mattress].map((productId) => availableAt(productId)));
    expect(free).toEqual([4, 2]);
  });

  it("answers 404 for a missing cart and for another customer's", async ({ expect }) => {
    const [asha, ravi] = [await userOf(), await userOf()];
    const productId = await inStock(5);
    const cartId = await cartOf({ [productId]: 1 }, { token: asha.token });

    const answers = [
      await refused(newId("CRT")),
      await refused(cartId),
      await refused(cartId, {}, { token: ravi.token }),
      await check(cartId, {}, { token: asha.token }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 201]);
  });

  it.for([
    ["no cart", { cart_id: undefined }, "cart_id"],
    ["a cart that is a number", { cart_id: 7 }, "cart_id"],
    ["a cart's id of 10 KB", { cart_id: "c".repeat(10_240) }, "cart_id"],
    ["a cart's id with SQL in it", { cart_id: "x' OR 1=1 --" }, "cart_id"],
    ["no customer", { customer_name: undefined }, "customer_name"],
    ["an expected total that is text", { expected_total: "349" }, "expected_total"],
    ["an expected total below 0", { expected_total: -1 }, "expected_total"],
    ["an expected total with a third decimal", { expected_total: 348.999 }, "expected_total"],
    ["an unknown payment method", { payment_method: "gold" }, "payment_method"],
    ["a country of three letters", { country: "IND" }, "country"],
  ] as const)("answers 422 naming the field for %s", async ([, more, field], { expect }) => {
    const answer = await refused(await newCart(), more);

    expect(answer).toMatchObject({ status: 422, body: { code: "validation_failed", errors: [{ field }] } });
  });

  it("answers 422 for an empty cart, and for a country that is not served", async ({ expect }) => {
    const productId = await inStock({ DEL: 5 });
    const cartId = await cartOf({ [productId]: 1 });

    const answers = [await refused(await newCart()), await refused(cartId, { country: "US" })];

    expect(answers.map(({ body }) => body.code)).toEqual(["validation_failed", "country_not_served"]);
  });

  it("answers 400 for malformed JSON and for a guest's weak key, 413 for a body that is too large", async ({ expect }) => {
    const { cartId } = await rice();
    const big = { notes: "n".repeat(70_000) };

    const answers = [
      await read<ProblemBody>(await post("/api/v1/checkout", "{")),
      await refused(cartId, {}, { key: "short" }),
      await refused(cartId, {}, { key: "\u00e9".repeat(20) }),
      await refused(cartId, big),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [400, "malformed_json"],
      [400, "idempotency_key_too_weak"],
      [400, "idempotency_key_invalid"],
      [413, "body_too_large"],
    ]);
  });

  it("answers 429 when an address checks out too often", async ({ expect }) => {
    const limit = async () => ({ success: false });
    const ask = appWith({ rateLimits: true }, {}, { ORDER_LIMITER: { limit } as unknown as RateLimit });

    const answer = await ask("/api/v1/checkout", { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } });

    expect(answer.status).toBe(429);
  });

  it("answers 503 unresolved while another generation of the cart is under way", async ({ expect }) => {
    const { productId, cartId } = await rice();
    await env.STOCK.getByName(productId).convert({
      cartId,
      generation: 1,
      lines: [{ variantId: productId, quantity: 1 }],
      ranking: ["BLR"],
      policy: "nearest_available",
    });

    const answer = await refused(cartId);

    expect([answer.status, answer.body.code, answer.headers.get("Retry-After")]).toEqual([503, "unresolved", "1"]);
    const [cart] = await sqlInD1("SELECT generation FROM carts WHERE cart_id = ?", cartId);
    expect(cart).toEqual({ generation: 2 });
    expect(await check(cartId)).toMatchObject({ status: 201 });
  });
});
