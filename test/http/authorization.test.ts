import { beforeAll, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { get } from "../support/http/requests.ts";
import { bodyOf, footprint, inStock, newKey, type OrderBody, send } from "../support/orders/http.ts";
import { openShop } from "../support/shop/warehouses.ts";

beforeAll(openShop);

const NO_BEARER: readonly (readonly [string, (token: string) => string])[] = [
  ["doubled", (token) => `Bearer ${token}, Bearer ${token}`],
  ["doubled without the scheme", (token) => `Bearer ${token}, ${token}`],
  ["of two words", (token) => `Bearer ${token} x`],
  ["of another scheme", (token) => `Token ${token}`],
  ["of Basic", (token) => `Basic ${btoa(`asha:${token}`)}`],
  ["the bare token", (token) => token],
  ["the bare scheme", () => "Bearer"],
  ["the scheme without a space", (token) => `Bearer${token}`],
  ["longer than any token", () => `Bearer ${"x".repeat(4_097)}`],
];

describe("an Authorization header other than one bearer token:", () => {
  it.for(NO_BEARER)("%s, is 401 on a public route, and nothing is placed", async ([, headerOf], { expect }) => {
    const [{ token }, rice] = [await userOf(), await inStock(5)];
    const before = await footprint(rice);

    const { status, body } = await send(bodyOf([rice]), { headers: { Authorization: headerOf(token) }, key: newKey() });

    expect([status, body.code]).toEqual([401, "unauthenticated"]);
    expect(await footprint(rice)).toEqual(before);
  });

  it.for(NO_BEARER)("%s, is 401 also where guests may read", async ([, headerOf], { expect }) => {
    const { token } = await userOf();

    const response = await get("/api/v1/warehouses", { headers: { Authorization: headerOf(token) } });

    expect(await response.json()).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  it("is 401 if it is sent twice", async ({ expect }) => {
    const [{ token }, rice] = [await userOf(), await inStock(5)];
    const twice = new Headers([
      ["Authorization", `Bearer ${token}`],
      ["Authorization", `Bearer ${token}`],
    ]);

    const { status } = await send(bodyOf([rice]), { headers: Object.fromEntries(twice) });

    expect(status).toBe(401);
  });
});

describe("an empty Authorization header, if it arrives at all,", () => {
  it("is 401 too", async ({ expect }) => {
    const answer = await appWith({})("/api/v1/warehouses", { headers: { Authorization: "" } });

    expect(answer.status).toBe(401);
  });
});

describe("an Authorization header that is one bearer token", () => {
  it.for([
    ["as it is usually written", (token: string) => `Bearer ${token}`],
    ["with the scheme in lower case", (token: string) => `bearer ${token}`],
    ["with more than one space", (token: string) => `BEARER   ${token}`],
  ] as const)("%s places the order of the account", async ([, headerOf], { expect }) => {
    const { userId, token } = await userOf();

    const { status, body } = await send<OrderBody>(bodyOf([await inStock(5)]), { headers: { Authorization: headerOf(token) } });

    expect([status, body.customer_id]).toEqual([201, userId]);
  });

  it("may be omitted by a guest", async ({ expect }) => {
    const { status, body } = await send<OrderBody>(bodyOf([await inStock(5)]));

    expect([status, body.customer_id]).toEqual([201, null]);
  });
});
