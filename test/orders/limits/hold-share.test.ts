import { beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { appWith, type Ask } from "../../support/http/app.ts";
import { inStock, unitsOf } from "../../support/orders/http.ts";
import { bundle, demoWarehouses, newId } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

const unlimited = { limit: async () => ({ success: true }) } as unknown as RateLimit;

/** An API whose limits are on, but for the number of requests. */
function strict(rateLimits = true): Ask {
  return appWith({ rateLimits, cartMaxSharePercent: 100 }, {}, { ORDER_LIMITER: unlimited, CART_LIMITER: unlimited });
}

interface Sent extends Partial<Record<"code" | "cart_id", string>> {
  http: number;
  headers: Headers;
  [member: string]: unknown;
}

async function send(ask: Ask, path: string, body: object, headers: Record<string, string> = {}): Promise<Sent> {
  const init = { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
  const response = await ask(path, init);
  return { http: response.status, headers: response.headers, ...(await response.json<Record<string, unknown>>()) };
}

const from = (address: string) => ({ "CF-Connecting-IP": address });
const orderOf = (productId: string, quantity: number, more: object = {}) => ({
  customer_name: "Asha",
  payment_method: "card",
  items: [{ product_id: productId, quantity }],
  ...more,
});

async function cartWith(ask: Ask, productId: string, quantity: number, headers: Record<string, string>): Promise<Sent> {
  const { cart_id: cartId } = await send(ask, "/api/v1/carts", {}, headers);
  const put = await send(ask, `/api/v1/carts/${String(cartId)}/items`, { product_id: productId, quantity }, headers);
  return { ...put, cartId };
}

describe("HOLD_SHARE_PERCENT, where limits are on,", () => {
  it("refuses an unpaid order of more, says what may still be held, and repeats that under the key", async ({ expect }) => {
    const productId = await inStock(10);
    const ask = strict();
    const key = { ...from("203.0.113.1"), "Idempotency-Key": newId("key-key-key-key-key-key") };

    const first = await send(ask, "/api/v1/orders", orderOf(productId, 4), from("203.0.113.1"));
    const refused = await send(ask, "/api/v1/orders", orderOf(productId, 2), key);
    const again = await send(ask, "/api/v1/orders", orderOf(productId, 2), key);
    const cash = await send(ask, "/api/v1/orders", orderOf(productId, 2, { payment_method: "cod" }), from("203.0.113.1"));
    const other = await send(ask, "/api/v1/orders", orderOf(productId, 2), from("203.0.113.2"));

    expect(first.http).toBe(201);
    const lines = [{ product_id: productId, variant_id: productId, requested: 2, allowed: 1 }];
    expect(refused).toMatchObject({ http: 409, code: "hold_share_exceeded", lines });
    expect(again).toMatchObject({ http: 409, code: "hold_share_exceeded", lines });
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect([cash.http, other.http]).toEqual([201, 201]);
    expect(await unitsOf(productId)).toEqual({ BLR: [10, 6, 2] });
  });

  it("always allows one unit of a line, and a bundle as a whole, but only one", async ({ expect }) => {
    const partId = await inStock(4);
    const { productId: bundleId } = await bundle([{ productId: partId, quantity: 3 }]);
    const ask = strict();

    const first = await send(ask, "/api/v1/orders", orderOf(bundleId, 1), from("203.0.113.1"));
    const second = await send(ask, "/api/v1/orders", orderOf(partId, 1), from("203.0.113.1"));
    const other = await send(ask, "/api/v1/orders", orderOf(partId, 1), from("203.0.113.2"));

    expect([first.http, other.http]).toEqual([201, 201]);
    expect(second).toMatchObject({ http: 409, code: "hold_share_exceeded", lines: [{ product_id: partId, allowed: 0 }] });
  });

  it("counts a /56 network of IPv6 as one client, and all carts and orders of it", async ({ expect }) => {
    const productId = await inStock(10);
    const ask = strict();

    const cart = await cartWith(ask, productId, 3, from("2001:db8:1:a01::1"));
    const second = await cartWith(ask, productId, 3, from("2001:db8:1:aff::2"));
    const order = await send(ask, "/api/v1/orders", orderOf(productId, 3), from("2001:db8:1:a02::3"));
    const elsewhere = await cartWith(ask, productId, 3, from("2001:db8:1:b01::1"));

    expect(cart.http).toBe(200);
    const lines = [{ product_id: productId, variant_id: productId, requested: 3, allowed: 2 }];
    expect(second).toMatchObject({ http: 409, code: "hold_share_exceeded", lines });
    expect(order).toMatchObject({ http: 409, code: "hold_share_exceeded", lines });
    expect(elsewhere.http).toBe(200);
  });

  it("counts an account wherever it comes from, and not the address beside it", async ({ expect }) => {
    const productId = await inStock(10);
    const ask = strict();
    const { token } = await userOf("customer");
    const account = { Authorization: `Bearer ${token}` };

    const cart = await cartWith(ask, productId, 5, { ...account, ...from("203.0.113.1") });
    const second = await send(ask, "/api/v1/orders", orderOf(productId, 1), { ...account, ...from("203.0.113.9") });
    const guest = await cartWith(ask, productId, 2, from("203.0.113.1"));

    expect([cart.http, second.http, guest.http]).toEqual([200, 409, 200]);
    expect(second).toMatchObject({ code: "hold_share_exceeded", lines: [{ allowed: 0 }] });
  });

  it("lets a cart be checked out with what it holds, and bounds what it lacks", async ({ expect }) => {
    const productId = await inStock(10);
    const ask = strict();
    const cart = await cartWith(ask, productId, 5, from("203.0.113.1"));
    const body = { cart_id: cart.cartId, customer_name: "Asha", payment_method: "card" };

    const order = await send(ask, "/api/v1/checkout", body, from("203.0.113.1"));

    expect(order.http).toBe(201);
    expect((await cartWith(ask, productId, 1, from("203.0.113.1"))).code).toBe("hold_share_exceeded");
  });

  it("is off with RATE_LIMITS, as in local development, and without an address", async ({ expect }) => {
    const productId = await inStock(10);

    const off = await send(strict(false), "/api/v1/orders", orderOf(productId, 6), from("203.0.113.1"));
    const unknown = await send(strict(), "/api/v1/orders", orderOf(productId, 4));

    expect([off.http, unknown.http]).toEqual([201, 201]);
  });
});
