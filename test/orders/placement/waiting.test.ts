import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import type { Refusal } from "../../../src/errors.ts";
import { placeOrder } from "../../../src/orders/placement/place-order.ts";
import { faultyWorker, type OutsideCall } from "../../support/faults.ts";
import { availableAt, orderOf, ordersOf, place, stocked } from "../../support/orders/orders.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

// Tentative units are waited for, one product after the other (C4b).

beforeAll(demoWarehouses);

async function receive(productId: string, quantity: number): Promise<void> {
  const cause = { referenceId: newId("receipt"), requestHash: "", externalReference: null, reason: null, actor: "test" };
  await env.STOCK.getByName(productId).adjust({ kind: "receive", variantId: productId, warehouseId: "BLR", quantity, ...cause });
}

/** Another buyer's hold on every unit of a product, whose order is still being placed. */
async function tentativelyTaken(productId: string, quantity: number): Promise<string> {
  const holdId = `${newId("other")}.1`;
  const lines = [{ variantId: productId, quantity }];
  await env.STOCK.getByName(productId).reserve({ holdId, lines, ranking: ["BLR"], policy: "nearest_available", waitMs: 0 });
  return holdId;
}

describe("an order for units of another order that is still being placed", () => {
  it("gets them when the other releases them", async ({ expect }) => {
    const productId = await stocked(1);
    const holdId = await tentativelyTaken(productId, 1);

    const placing = place(faultyWorker().deps, orderOf([productId]));
    await scheduler.wait(100);
    await env.STOCK.getByName(productId).release(holdId);

    expect(await placing).toMatchObject({ order: { status: "PENDING" } });
  });

  it("is refused as soon as they are sold, without waiting for its limit", async ({ expect }) => {
    const productId = await stocked(1);
    const holdId = await tentativelyTaken(productId, 1);
    const startedMs = Date.now();

    const placing = place(faultyWorker().deps, orderOf([productId]));
    await scheduler.wait(100);
    await env.STOCK.getByName(productId).commit(holdId);

    expect(await placing).toEqual({ code: "insufficient_stock" });
    expect(Date.now() - startedMs).toBeLessThan(900);
  });

  it("is refused after a second when they stay reserved", async ({ expect }) => {
    const productId = await stocked(1);
    await tentativelyTaken(productId, 1);
    const startedMs = Date.now();

    const answer = await place(faultyWorker().deps, orderOf([productId]));

    expect(answer).toEqual({ code: "insufficient_stock" });
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(950);
  });
});

describe("an order that waits behind a larger one for the same product", () => {
  it("is not refused for units that are free: it is unresolved, and its key keeps no refusal", async ({ expect }) => {
    const [first = "", second = ""] = [await stocked(1), await stocked(1)].toSorted();
    await receive(second, 5);
    const holdId = await tentativelyTaken(first, 1);
    await tentativelyTaken(second, 1);
    const key = newId("key");

    const patient = place(faultyWorker().deps, orderOf([first, second]), key);
    await scheduler.wait(600);
    void place(faultyWorker().deps, orderOf([second], 6));
    await scheduler.wait(100);
    await env.STOCK.getByName(first).release(holdId);

    expect(await patient).toEqual({ code: "unresolved" });
    await vi.waitFor(async () => expect(await place(faultyWorker().deps, orderOf([first, second]), key)).toHaveProperty("order"));
  });

  it("is refused only for lines that are really short", async ({ expect }) => {
    const [none, some] = [await stocked(0), await stocked(6)];
    await tentativelyTaken(some, 1);
    const waiting = { holdId: `${newId("other")}.1`, lines: [{ variantId: some, quantity: 6 }], ranking: ["BLR"] };
    void env.STOCK.getByName(some).reserve({ ...waiting, policy: "nearest_available", waitMs: 900 });
    await env.STOCK.getByName(some).audit();

    const refused = placeOrder(faultyWorker().deps, orderOf([none, some]), undefined);

    await expect(refused).rejects.toMatchObject({ members: { stock_errors: [{ product_id: none }] } });
    await refused.catch((error: Refusal) => expect(error.members.stock_errors).toHaveLength(1));
  });
});

describe("a refusal", () => {
  it("releases at once the units of other products", async ({ expect }) => {
    const [some, none] = [await stocked(5), await stocked(0)];

    const worker = faultyWorker();
    const answer = await place(worker.deps, orderOf([some, none]));
    await worker.idle();

    expect(answer).toEqual({ code: "insufficient_stock" });
    expect(await availableAt(some)).toBe(5);
  });

  it("is not given where an object does not answer: unresolved, and the other units are released at once", async ({ expect }) => {
    const products = [await stocked(5), await stocked(5)];

    const worker = faultyWorker(({ to, ...call }) =>
      to === "stock" && "method" in call && call.method === "reserve" && call.nth === 2 ? "lost" : "none",
    );
    const answer = await place(worker.deps, orderOf(products));
    await worker.idle();

    expect(answer).toEqual({ code: "unresolved" });
    expect(await Promise.all(products.map(availableAt))).toEqual([5, 5]);
  });

  it("does not wait for a silent object to release units", async ({ expect }) => {
    const [some, none] = [await stocked(5), await stocked(0)];
    const startedMs = Date.now();

    const worker = faultyWorker(
      () => "none",
      async (call) => (call.to === "stock" && call.method === "release" ? scheduler.wait(9_000) : undefined),
    );
    const answer = await place(worker.deps, orderOf([some, none]), newId("key"));

    expect(answer).toEqual({ code: "insufficient_stock" });
    expect(Date.now() - startedMs).toBeLessThan(3_000);
  });
});

describe("two buyers of the last pair", () => {
  it("who each got one half at first: one gets both, the other is refused, and no unit stays reserved", async ({ expect }) => {
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
