import { beforeAll, describe, it } from "vitest";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { costOf } from "../support/cost/cost.ts";
import { post } from "../support/http/requests.ts";
import { stocked } from "../support/orders/orders.ts";
import { demoWarehouses } from "../support/shop/shop.ts";

/** The sequential hops of an order, one after the other by the same caller. */
async function hopsOf(token: string): Promise<number[]> {
  const productId = await stocked(10);
  const hops: number[] = [];
  for (let each = 0; each < 3; each += 1) {
    const body = { customer_name: "Asha", postal_code: "560034", items: [{ product_id: productId, quantity: 1 }] };
    const response = await post("/api/v1/orders", body, { token });
    if (response.status !== 201) throw new Error(await response.text());
    hops.push(costOf(response).hops);
  }
  return hops;
}

beforeAll(demoWarehouses);

describe("the order of a signed-in caller", () => {
  it("takes a customer three hops like a guest, and one more if the isolate has not cached them", async ({ expect }) => {
    expect(await hopsOf((await userOf()).token)).toEqual([4, 3, 3]);
  });

  it("takes machines, staff and admins one hop more, because their rights are read each time", async ({ expect }) => {
    const tokens = [(await keyOf([])).key, (await userOf("staff")).token, (await userOf("admin")).token];

    for (const token of tokens) expect(await hopsOf(token)).toEqual([4, 4, 4]);
  });
});
