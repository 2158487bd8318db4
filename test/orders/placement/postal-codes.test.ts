import { beforeAll, describe, it } from "vitest";
import { newCart } from "../../support/carts/carts.ts";
import { post, put } from "../../support/http/requests.ts";
import { bodyOf, inStock, lineOf, type OrderBody, placed, read, send } from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const ABROAD = ["GB", "JP", "US", "FR"];

beforeAll(async () => {
  await openShop();
  const place = { country: "GB", postal_code: "EC1A 1BB", latitude: 51.52, longitude: -0.1, ships_to: ABROAD };
  const boston = { country: "US", postal_code: "02134", latitude: 42.35, longitude: -71.13, ships_to: ABROAD };
  for (const more of [
    { warehouse_id: "LON", name: "London", ...place },
    { warehouse_id: "BOS", name: "Boston", ...boston },
  ])
    await post("/api/v1/warehouses", more, { admin: true });
  const write = (country: string, code: string, latitude: number, longitude: number) =>
    put("/api/v1/postal-codes", { country, postal_codes: [{ code, latitude, longitude }] }, { admin: true });
  await write("US", "2134", 42.35, -71.13);
  await write("GB", "SW1A", 51.5, -0.14);
});

type Order = OrderBody & { postal_code: string | null; country: string; ranked_by: string; warehouse_id: string };

async function ordered(country: string, code: string): Promise<Order> {
  const rice = await inStock({ LON: 2, BOS: 2 });
  return (await placed(bodyOf([lineOf(rice, 1)], { country, postal_code: code }))) as Order;
}

describe("the postal code of an order", () => {
  it.for([
    ["JP", "〒100-0001", "〒100-0001"],
    ["JP", "１００−０００１", "１００−０００１"],
    ["FR", " 75008 Paris ", "75008 Paris"],
    ["FR", "75008\u00A0Paris", "75008 Paris"],
    ["GB", "sw1a 1aa", "sw1a 1aa"],
  ] as const)("in %s, %s, is kept as it was written", async ([country, entered, kept], { expect }) => {
    expect((await ordered(country, entered)).postal_code).toBe(kept);
  });

  it("chooses the warehouse by the code that it stands for", async ({ expect }) => {
    const [boston, london] = [await ordered("US", "2134"), await ordered("UK", "SW1A 2AA")];

    expect(boston).toMatchObject({ ranked_by: "distance", warehouse_id: "BOS", postal_code: "2134" });
    expect(london).toMatchObject({ ranked_by: "distance", warehouse_id: "LON", country: "GB" });
  });

  it.for(["ZZ", "EU"])("is refused with the country %s", async (country, { expect }) => {
    const { status, body } = await send(bodyOf([lineOf(await inStock(1), 1)], { country }));

    expect([status, body]).toMatchObject([422, { code: "validation_failed", errors: [{ field: "country" }] }]);
  });
});

describe("the postal code of a cart", () => {
  async function cartWith(place: Record<string, unknown>, more: Record<string, unknown>): Promise<string> {
    const cartId = await newCart(place);
    const item = { product_id: await inStock({ LON: 2, BOS: 2 }), quantity: 1, ...more };
    const { status } = await post(`/api/v1/carts/${cartId}/items`, item);
    if (status !== 200) throw new Error(`the cart answered ${status}`);
    return cartId;
  }

  async function checkOut(cartId: string, more: Record<string, unknown> = {}): Promise<Order> {
    return (await read<Order>(await post("/api/v1/checkout", { cart_id: cartId, customer_name: "Ravi", ...more }))).body;
  }

  it("is printed on the order's label as the country writes it", async ({ expect }) => {
    const order = await checkOut(await cartWith({ country: "UK", postal_code: "sw1a1aa" }, {}));

    expect(order).toMatchObject({ postal_code: "SW1A 1AA", country: "GB", warehouse_id: "LON", ranked_by: "distance" });
  });

  it("given without a country is one of the cart's country", async ({ expect }) => {
    const cartId = await cartWith({ country: "US" }, { postal_code: "02134-0001" });
    const stored = await sqlInD1("SELECT postal_code AS code FROM carts WHERE cart_id = ?", cartId);
    const other = await cartWith({ country: "US" }, {});

    const [order, named] = [await checkOut(cartId), await checkOut(other, { postal_code: "2134" })];

    expect(stored).toEqual([{ code: "02134" }]);
    expect(order).toMatchObject({ country: "US", postal_code: "02134", warehouse_id: "BOS", ranked_by: "distance" });
    // Its units were reserved before the code was known.
    expect(named).toMatchObject({ postal_code: "2134", warehouse_id: "LON", ranked_by: "distance" });
  });

  it("that release 0.3.0 stored in a cart for `UK` is found", async ({ expect }) => {
    const cartId = await cartWith({ country: "GB" }, {});
    await sqlInD1("UPDATE carts SET country = 'UK', postal_code = 'SW1A1AA' WHERE cart_id = ?", cartId);

    const order = await checkOut(cartId);

    expect(order).toMatchObject({ postal_code: "SW1A 1AA", country: "GB", warehouse_id: "LON", ranked_by: "distance" });
  });
});
