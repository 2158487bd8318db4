import { beforeAll, describe, it } from "vitest";
import { keyOf, userOf } from "../../support/accounts/accounts.ts";
import { cartOf, newCart } from "../../support/carts/carts.ts";
import { type AskOptions, get, post } from "../../support/http/requests.ts";
import { inStock, type OrderBody, type ProblemBody, read } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

type Answer = OrderBody & ProblemBody & { country?: string; postal_code?: string };

async function checkout(cartId: string, more: Record<string, unknown> = {}, options: AskOptions = {}) {
  return read<Answer>(await post("/api/v1/checkout", { cart_id: cartId, customer_name: "Ravi", ...more }, options));
}

async function cartGoingTo(place: Record<string, unknown>): Promise<string> {
  const cartId = await newCart(place);
  await post(`/api/v1/carts/${cartId}/items`, { product_id: await inStock(5), quantity: 1 });
  return cartId;
}

describe("where a checkout goes that does not say it", () => {
  it("is where its cart went, whose nearest warehouse supplies it", async ({ expect }) => {
    const cartId = await cartGoingTo({ country: "IN", postal_code: "560034" });

    const { body } = await checkout(cartId);

    expect(body).toMatchObject({ postal_code: "560034", country: "IN", ranked_by: "distance" });
  });

  it("is what it says where it says something, and nothing else of the cart's place then", async ({ expect }) => {
    const cartId = await cartGoingTo({ postal_code: "560034" });

    const { body } = await checkout(cartId, { country: "IN" });

    expect(body.postal_code).toBeNull();
  });

  it("is a country that no warehouse serves where its cart's is", async ({ expect }) => {
    const cartId = await cartGoingTo({});
    await sqlInD1("UPDATE carts SET country = 'NP' WHERE cart_id = ?", cartId);

    const { status, body } = await checkout(cartId);

    expect([status, body.code]).toEqual([422, "country_not_served"]);
  });
});

it("lets a machine that may read orders check out no customer's cart, which it cannot see either", async ({ expect }) => {
  const owner = await userOf();
  const cartId = await cartOf({ [await inStock(5)]: 1 }, { token: owner.token });
  const { key } = await keyOf(["orders:read_any"]);

  const answers = [await checkout(cartId, {}, { token: key }), await read(await get(`/api/v1/carts/${cartId}`, { token: key }))];

  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
});
