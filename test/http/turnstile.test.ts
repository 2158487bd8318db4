import { beforeAll, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { post as postPlainly } from "../support/http/requests.ts";
import { shopWithTurnstile, TURNSTILE } from "../support/http/turnstile.ts";
import { bodyOf, inStock, newKey, ORDERS, read, unitsOf } from "../support/orders/http.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

const ADMIN = "test-admin-token-0123456789";
const CARTS = "/api/v1/carts";
const USERS = "/api/v1/users";
const CHECKOUT = "/api/v1/checkout";

const person = (email = `${newId("asha")}@example.com`) => ({ email, password: "correct horse battery", name: "Asha" });

/** A cart of one unit, made without Turnstile. */
async function filledCart(rice: string): Promise<string> {
  const { body } = await read<{ cart_id: string }>(await postPlainly(CARTS, {}));
  await postPlainly(`${CARTS}/${body.cart_id}/items`, { product_id: rice, quantity: 1 });
  return body.cart_id;
}

/** Requests of all routes that are protected, each of which succeeds. */
async function protectedRequests(): Promise<[path: string, body: object][]> {
  const rice = await inStock(5);
  const cartId = await filledCart(rice);
  return [
    [ORDERS, bodyOf([rice])],
    [CHECKOUT, { cart_id: cartId, customer_name: "Asha" }],
    [CARTS, {}],
    [USERS, person()],
  ];
}

describe("a shop that uses Turnstile", () => {
  it("lets guests with a token of its widget do everything, and asks Turnstile with its secret", async ({ expect }) => {
    const { post, requests, solved } = shopWithTurnstile();

    const statuses: number[] = [];
    for (const [path, body] of await protectedRequests()) statuses.push((await post(path, body, { token: solved() })).status);

    expect(statuses).toEqual([201, 201, 201, 201]);
    expect(requests).toHaveLength(4);
    expect(requests[0]).toMatchObject({
      url: "https://turnstile.test/turnstile/v0/siteverify",
      form: { secret: TURNSTILE.secretKey, response: expect.stringMatching(/^0\.token/) },
      signal: expect.any(AbortSignal),
    });
    expect(requests[0]?.form).not.toHaveProperty("idempotency_key");
  });

  it.for([
    ["no token", undefined, "turnstile_required", 0],
    ["an empty token", "", "turnstile_required", 0],
    ["a forged token", "forged", "turnstile_failed", 4],
    ["a token that is too long to be one", "x".repeat(2_049), "turnstile_failed", 0],
  ] as const)("refuses guests with %s, and nothing is done", async ([, token, code, asked], { expect }) => {
    const { post, requests } = shopWithTurnstile();
    const given = token === undefined ? {} : { token };
    const all = await protectedRequests();
    const count = () =>
      sqlInD1("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM carts) + (SELECT count(*) FROM users) AS n");
    const before = await count();

    const answers = [];
    for (const [path, body] of all) answers.push(await read(await post(path, body, { ...given, key: newKey() })));

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [403, code]));
    expect(requests).toHaveLength(asked);
    expect(await count()).toEqual(before);
  });

  it("says why Turnstile did not accept a token", async ({ expect }) => {
    const { post, solved } = shopWithTurnstile();
    const token = solved();
    const order = bodyOf([await inStock(5)]);
    await post(ORDERS, order, { token });

    const { body } = await read(await post(ORDERS, order, { token }));

    expect(body).toMatchObject({ code: "turnstile_failed", error_codes: ["timeout-or-duplicate"] });
  });

  it("asks no customer who is signed in, no staff and no machine, except customers who register another account", async ({
    expect,
  }) => {
    const { post, requests } = shopWithTurnstile();
    const bearers = [(await userOf()).token, (await userOf("staff")).token, ADMIN];
    const order = bodyOf([await inStock(9)]);

    const statuses = await Promise.all(
      bearers.flatMap((bearer) => [
        post(ORDERS, order, { bearer }),
        post(CARTS, {}, { bearer }),
        post(USERS, person(), { bearer }),
      ]),
    );

    expect(statuses.map(({ status }) => status)).toEqual([201, 201, 403, 201, 201, 201, 201, 201, 201]);
    expect(requests).toEqual([]);
  });

  it("is one only where its secret is set", async ({ expect }) => {
    expect((await postPlainly(ORDERS, bodyOf([await inStock(1)]))).status).toBe(201);
  });

  it("spends no token on what is refused anyhow", async ({ expect }) => {
    const { post, requests, solved } = shopWithTurnstile();
    const rice = await inStock(5);
    const token = solved();

    const refused = [
      await post(ORDERS, { customer_name: "Asha" }, { token }),
      await post(ORDERS, bodyOf([rice], { expected_total: 1 }), { token }),
      await post(ORDERS, bodyOf(["nothing"]), { token }),
      await post(CHECKOUT, { cart_id: "CRTNONE", customer_name: "Asha" }, { token }),
    ];

    expect(refused.map(({ status }) => status)).toEqual([422, 409, 409, 404]);
    expect(requests).toEqual([]);
    expect((await post(ORDERS, bodyOf([rice]), { token })).status).toBe(201);
  });
});

describe("Turnstile in trouble", () => {
  it.for([
    ["does not answer in time", () => Promise.reject(new DOMException("timed out", "TimeoutError"))],
    ["fails", () => new Response("bad gateway", { status: 502 })],
    ["answers another thing", () => Response.json(null)],
    ["has an error of its own", () => Response.json({ success: false, "error-codes": ["internal-error"] })],
    ["does not know the secret", () => Response.json({ success: false, "error-codes": ["invalid-input-secret"] })],
  ] as const)("because it %s: guests get 503, and nothing is reserved or written", async ([, answer], { expect }) => {
    const { post } = shopWithTurnstile(answer);
    const rice = await inStock(5);
    const before = await unitsOf(rice);

    const answers = [
      await read(await post(ORDERS, bodyOf([rice]), { token: "any" })),
      await read(await post(CARTS, {}, { token: "any" })),
      await read(await post(USERS, person(), { token: "any" })),
    ];

    expect(answers.map(({ status, body, headers }) => [status, body.code, headers.get("Retry-After")])).toEqual(
      answers.map(() => [503, "unavailable", "1"]),
    );
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toMatch(/secret|1x000/);
    expect(await unitsOf(rice)).toEqual(before);
  });
});
