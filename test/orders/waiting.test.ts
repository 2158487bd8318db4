import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { faultyWorker, type OutsideCall } from "../support/faults.ts";
import { availableAt, orderOf, ordersOf, place, stocked } from "../support/orders.ts";
import { demoWarehouses, newId } from "../support/shop.ts";

// PROTOCOL C4b: units that are only tentatively taken are waited for, one product after the other.

beforeAll(demoWarehouses);

/** Another buyer's hold on every unit of a product, whose order is still being placed. */
async function tentativelyTaken(productId: string, quantity: number): Promise<string> {
  const holdId = `${newId("other")}.1`;
  const lines = [{ variantId: productId, quantity }];
  await env.STOCK.getByName(productId).reserve({ holdId, lines, ranking: ["BLR"], policy: "nearest_available", waitMs: 0 });
  return holdId;
}

describe("an order that meets units of an order still being placed", () => {
  it("gets them when that one gives them back", async ({ expect }) => {
    const productId = await stocked(1);
    const holdId = await tentativelyTaken(productId, 1);

    const placing = place(faultyWorker().deps, orderOf([productId]));
    await scheduler.wait(100);
    await env.STOCK.getByName(productId).release(holdId);

    expect(await placing).toMatchObject({ order: { status: "PENDING" } });
  });

  it("is refused as soon as they are sold, without waiting out its time", async ({ expect }) => {
    const productId = await stocked(1);
    const holdId = await tentativelyTaken(productId, 1);
    const startedMs = Date.now();

    const placing = place(faultyWorker().deps, orderOf([productId]));
    await scheduler.wait(100);
    await env.STOCK.getByName(productId).commit(holdId);

    expect(await placing).toEqual({ code: "insufficient_stock" });
    expect(Date.now() - startedMs).toBeLessThan(900);
  });

  it("is refused after a second when they stay where they are", async ({ expect }) => {
    const productId = await stocked(1);
    await tentativelyTaken(productId, 1);
    const startedMs = Date.now();

    const answer = await place(faultyWorker().deps, orderOf([productId]));

    expect(answer).toEqual({ code: "insufficient_stock" });
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(950);
  });
});

describe("two buyers of the last pair", () => {
  it("who each got one half at first: one gets both, the other is refused, and nothing is left over", async ({ expect }) => {
    const [first = "", second = ""] = [await stocked(1), await stocked(1)].toSorted();
    const crossed = new Set<string>();
    // Each buyer's first call to the other half waits until both have theirs.
    const crossing = (late: string) => async (call: OutsideCall) => {
      if (call.to !== "stock" || call.method !== "reserve" || call.nth > 2) return;
      if (call.productId !== late) crossed.add(late);
      else while (crossed.size < 2) await scheduler.wait(5);
    };

    const answers = await Promise.all(
      [second, first].map((late) => place(faultyWorker(() => "none", crossing(late)).deps, orderOf([first, second]))),
    );

    expect(answers.filter((answer) => "order" in answer)).toHaveLength(1);
    expect(await Promise.all([first, second].map(availableAt))).toEqual([0, 0]);
    expect(await ordersOf(first)).toHaveLength(1);
  });
});
