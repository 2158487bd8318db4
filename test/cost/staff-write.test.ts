import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { costOf, receiveOne } from "../support/cost/cost.ts";
import { stocked } from "../support/orders/orders.ts";
import { demoWarehouses } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);
afterEach(() => vi.restoreAllMocks());

describe("a change of stock by hand", () => {
  it("takes 2 hops; within the second, the batch by which its object tells D1 is one hop more (F4)", async ({ expect }) => {
    const productId = await stocked(9);
    await receiveOne(productId);
    const batch = vi.spyOn(env.DB, "batch");

    const response = await receiveOne(productId);

    expect(response.status).toBe(200);
    expect(costOf(response)).toMatchObject({ hops: 2, rowsWritten: 0 });
    expect(batch).toHaveBeenCalledTimes(2);
  });
});
