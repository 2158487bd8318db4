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

describe("the destination of a checkout without one in its request", () => {
  it("is the cart's, and the nearest warehouse to it supplies the order", async ({ expect }) => {
    const cartId = await cartGoingTo({ country: "IN", postal_code: "560034" });

    const { body } = await checkout(cartId);

    expect(body).toMatchObject({ postal_code: "560034", country: "IN", ranked_by: "distance" });
  });

  it("is replaced whole by the request's country, without the cart's postal code", async ({ expect }) => {
    const cartId = await cartGoingTo({ postal_code: "560034" });

    const { body } = await checkout(cartId, { country: "IN" });

    expect(body.postal_code).toBeNull();
  });

  it("completes an address in parts, which replaces it where it has a postal code of its own", async ({ expect }) => {
    const place = { country: "IN", postal_code: "560034" };
    const lines = { line1: "12 Lake Road", city: "Bengaluru" };

    const { body: completed } = await checkout(await cartGoingTo(place), { delivery_address: lines });
    const { body: replaced } = await checkout(await cartGoingTo(place), {
      delivery_address: { ...lines, postal_code: "400050" },
    });

    expect(completed).toMatchObject({ ...place, address: { ...lines, ...place }, ranked_by: "distance" });
    expect(replaced).toMatchObject({ postal_code: "400050", address: { postal_code: "400050", country: "IN" } });
  });

  it("is refused where no warehouse serves the cart's country", async ({ expect }) => {
    const cartId = await cartGoingTo({});
    await sqlInD1("UPDATE carts SET country = 'NP' WHERE cart_id = ?", cartId);

    const { status, body } = await checkout(cartId);

    expect([status, body.code]).toEqual([422, "country_not_served"]);
  });
});

it("does not let a machine that may only read orders check out a customer's cart", async ({ expect }) => {
  const owner = await userOf();
  const cartId = await cartOf({ [await inStock(5)]: 1 }, { token: owner.token });
  const { key } = await keyOf(["orders:read_any"]);

  const answers = [await checkout(cartId, {}, { token: key }), await read(await get(`/api/v1/carts/${cartId}`, { token: key }))];

  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
});
