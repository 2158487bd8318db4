import { beforeAll, describe, it } from "vitest";
import { post } from "../../support/http/requests.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { availableAt, stocked } from "../../support/orders/orders.ts";
import { quiet } from "../../support/orders/quiet.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";

const SHOPPERS = 300;
const UNITS = 50;

beforeAll(demoWarehouses);

/** Sends one order for each list of products, all at once, and counts the answers by status. */
async function raceFor(baskets: string[][]): Promise<Record<number, number>> {
  const sent = baskets.map((basket, index) =>
    post("/api/v1/orders", {
      customer_name: `Shopper ${index}`,
      postal_code: "560034",
      items: basket.map((productId) => ({ product_id: productId, quantity: 1 })),
    }),
  );
  const counts: Record<number, number> = {};
  for (const response of await Promise.all(sent)) {
    counts[response.status] = (counts[response.status] ?? 0) + 1;
    await response.body?.cancel();
  }
  return counts;
}

describe("300 shoppers at once, one unit each", () => {
  it("buy exactly the 50 units there are", async ({ expect }) => {
    const productId = await stocked(UNITS);

    const counts = await raceFor(Array.from({ length: SHOPPERS }, () => [productId]));
    await quiet([productId]);

    expect(counts).toEqual({ 201: UNITS, 409: SHOPPERS - UNITS });
    expect(await availableAt(productId)).toBe(0);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });

  it("buying a pair in opposite order oversell nothing and leave nothing over", async ({ expect }) => {
    const pair = [await stocked(UNITS), await stocked(UNITS)];

    const counts = await raceFor(Array.from({ length: SHOPPERS }, (_, index) => (index % 2 === 0 ? pair : pair.toReversed())));
    await quiet(pair);

    expect(counts).toEqual({ 201: UNITS, 409: SHOPPERS - UNITS });
    expect(await Promise.all(pair.map(availableAt))).toEqual([0, 0]);
    await expectInvariants(expect, new Map(pair.map((productId) => [productId, UNITS])));
  });

  it("buy the last units of a variant that is spread over three warehouses, each unit once", async ({ expect }) => {
    const productId = await stocked({ BLR: 7, MUM: 20, DEL: 23 });

    const counts = await raceFor(Array.from({ length: SHOPPERS }, () => [productId]));
    await quiet([productId]);

    expect(counts).toEqual({ 201: UNITS, 409: SHOPPERS - UNITS });
    expect(await availableAt(productId)).toBe(0);
    await expectInvariants(expect, new Map([[productId, UNITS]]));
  });
});
