import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { bodyOf, type CartBody, readCart, cartOf, newCart, unitsIn } from "../support/carts/carts.ts";
import { get, post } from "../support/http/requests.ts";
import { stocked } from "../support/orders/orders.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

describe("POST /api/v1/carts", () => {
  it("creates an empty cart for a guest, with an unguessable id and its Location", async ({ expect }) => {
    const response = await post("/api/v1/carts", {});
    const cart = await response.json<CartBody>();

    expect(response.status).toBe(201);
    expect(cart.cart_id).toMatch(/^CRT[0-9A-Z]{26}$/);
    expect(response.headers.get("Location")).toBe(`/api/v1/carts/${cart.cart_id}`);
    expect(cart).toMatchObject({ customer_id: null, order_id: null, country: "IN", postal_code: null, items: [], changes: [] });
    expect(cart.totals).toEqual({
      subtotal: 0,
      discount_total: 0,
      tax_total: 0,
      total: 0,
      currency: "INR",
      prices_include_tax: true,
    });
  });

  it("stores the destination", async ({ expect }) => {
    const cartId = await newCart({ country: "in", postal_code: "560 034" });

    expect(await readCart(cartId)).toMatchObject({ country: "IN", postal_code: "560034" });
  });

  it("returns a customer's open cart with its lines", async ({ expect }) => {
    const { token, userId } = await userOf();
    const productId = await stocked(5);
    const cartId = await cartOf({ [productId]: 2 }, { token });

    const again = await post("/api/v1/carts", {}, { token });
    const cart = await again.json<CartBody>();

    expect(again.status).toBe(200);
    expect([cart.cart_id, cart.customer_id]).toEqual([cartId, userId]);
    expect(unitsIn(cart)).toEqual({ [productId]: [2, true] });
  });

  it("creates one cart per account, also for concurrent requests", async ({ expect }) => {
    const { token, userId } = await userOf();

    const answers = await Promise.all(Array.from({ length: 5 }, () => post("/api/v1/carts", {}, { token })));
    const ids = await Promise.all(answers.map(async (answer) => (await answer.json<CartBody>()).cart_id));

    expect(new Set(ids).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await sqlInD1("SELECT cart_id FROM carts WHERE user_id = ?", userId)).toHaveLength(1);
  });

  it("creates a new cart for a customer whose last one became an order", async ({ expect }) => {
    const { token } = await userOf();
    const cartId = await newCart({}, { token });
    await sqlInD1("UPDATE carts SET order_id = 'ORD1' WHERE cart_id = ?", cartId);

    expect(await newCart({}, { token })).not.toBe(cartId);
  });

  it("creates carts without an owner for staff", async ({ expect }) => {
    const { token } = await userOf("staff");

    expect(await bodyOf(post("/api/v1/carts", {}, { token }))).toMatchObject({ customer_id: null });
  });

  it("creates one cart for requests with one key, concurrent or repeated", async ({ expect }) => {
    const key = crypto.randomUUID();

    const answers = await Promise.all([post("/api/v1/carts", {}, { key }), post("/api/v1/carts", {}, { key })]);
    const later = await post("/api/v1/carts", {}, { key });
    const bodies = await Promise.all([...answers, later].map((answer) => answer.json<CartBody>()));

    expect(new Set(bodies.map(({ cart_id: id }) => id)).size).toBe(1);
    expect(later.status).toBe(201);
    expect(later.headers.get("Idempotency-Replayed")).toBe("true");
  });

  it("refuses another body with the key, an invalid key, and a guest's short key", async ({ expect }) => {
    const key = crypto.randomUUID();
    await newCart({}, { key });

    const reused = await post("/api/v1/carts", { postal_code: "560034" }, { key });
    const invalid = await post("/api/v1/carts", {}, { key: "x".repeat(256) });
    const weak = await post("/api/v1/carts", {}, { key: "short" });

    expect([reused.status, (await reused.json<{ code: string }>()).code]).toEqual([422, "idempotency_key_reused"]);
    expect([invalid.status, (await invalid.json<{ code: string }>()).code]).toEqual([400, "idempotency_key_invalid"]);
    expect([weak.status, (await weak.json<{ code: string }>()).code]).toEqual([400, "idempotency_key_too_weak"]);
  });

  it.for([
    [{ country: "IND" }, "country"],
    [{ country: 1 }, "country"],
    [{ country: "" }, "country"],
    [{ country: "ß1" }, "country"],
    [{ postal_code: 560_034 }, "postal_code"],
    [{ postal_code: "5".repeat(17) }, "postal_code"],
    [{ postal_code: "५६००३४" }, "postal_code"],
    [{ postal_code: "-1" }, "postal_code"],
  ] as const)("refuses %j and names %s", async ([body, field], { expect }) => {
    const response = await post("/api/v1/carts", body);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field }] });
  });

  it("refuses malformed JSON, another media type and a body that is too large", async ({ expect }) => {
    const malformed = await post("/api/v1/carts", "{");
    const other = await post("/api/v1/carts", "country=IN", { headers: { "Content-Type": "text/plain" } });
    const large = await post("/api/v1/carts", { notes: "x".repeat(70_000) });

    expect([malformed.status, other.status, large.status]).toEqual([400, 415, 413]);
  });
});

describe("GET /api/v1/carts/{cart_id}", () => {
  it("returns 404 for an unknown cart, and for an account's cart to everybody but its customer and staff", async ({ expect }) => {
    const { token } = await userOf();
    const cartId = await newCart({}, { token });
    const path = `/api/v1/carts/${cartId}`;
    const [other, staff] = [(await userOf()).token, (await userOf("staff")).token];

    const answers = [
      await get("/api/v1/carts/CRT1"),
      await get(path),
      await get(path, { token: other }),
      await get(path, { token }),
      await get(path, { token: staff }),
      await get(path, { admin: true }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 200, 200, 200]);
  });

  it("refuses a malformed id", async ({ expect }) => {
    expect((await get(`/api/v1/carts/${"x".repeat(65)}`)).status).toBe(422);
  });
});

describe("RATE_LIMITS for carts", () => {
  it("limits creating, adding and changing per address, with 429 and Retry-After, and nothing else", async ({ expect }) => {
    const limit = vi.fn<() => Promise<{ success: boolean }>>(async () => ({ success: false }));
    const ask = appWith({ rateLimits: true }, {}, { CART_LIMITER: { limit } as unknown as RateLimit });
    const headers = { "Content-Type": "application/json" };

    const limited = [
      await ask("/api/v1/carts", { method: "POST", headers, body: "{}" }),
      await ask("/api/v1/carts/CRT1/items", { method: "POST", headers, body: "{}" }),
      await ask("/api/v1/carts/CRT1/items/v", { method: "PATCH", headers, body: "{}" }),
    ];
    const others = [await ask("/api/v1/carts/CRT1"), await ask("/api/v1/carts/CRT1/items/v", { method: "DELETE" })];

    expect(limited.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect(limited[0]?.headers.get("Retry-After")).toBe("60");
    expect(others.map(({ status }) => status)).toEqual([404, 404]);
    expect(env.CART_LIMITER).toBeDefined();
  });
});
