import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { atD1, faultyWorker, isRecord, type OutsideCall } from "../../support/faults.ts";
import { availableAt, cancel, orderOf, ordersOf, place, placedBy, stocked } from "../../support/orders/orders.ts";
import { bumpVersion, insertRule } from "../../support/pricing/pricing.ts";
import { insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { archive, newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

/** Acts between the quote of an order and its record. */
function beforeRecord(act: () => Promise<unknown>) {
  let isDone = false;
  return async (call: OutsideCall) => {
    if (isDone || !isRecord(call)) return;
    isDone = true;
    await act();
  };
}

async function useUp(ruleId: string): Promise<void> {
  await env.DB.prepare("UPDATE pricing_rules SET used = usage_limit WHERE rule_id = ?").bind(ruleId).run();
}

describe("an order whose code's last use another order takes between its quote and its record", () => {
  it.for([undefined, "with a key"])("is refused, and its units are free again (%s)", async (keyed, { expect }) => {
    const key = keyed && newId("key");
    const productId = await stocked(5);
    const { code, ruleId } = await insertPromo({ usageLimit: 1 });
    const request = orderOf([productId], 1, { promoCode: code });
    const worker = faultyWorker(
      () => "none",
      beforeRecord(() => placedBy(faultyWorker(), productId, { promoCode: code })),
    );

    const answer = await place(worker.deps, request, key);
    await worker.idle();
    const again = await place(faultyWorker().deps, request, key);

    expect([answer, again]).toEqual([{ code: "total_changed" }, { code: "total_changed" }]);
    expect([await availableAt(productId), await useCounts(ruleId)]).toEqual([4, { all: 1, customers: {} }]);
    expect(await ordersOf(productId)).toHaveLength(1);
  });

  it("is unresolved where the use was returned meanwhile, and a repeat is placed", async ({ expect }) => {
    const productId = await stocked(5);
    const { code, ruleId } = await insertPromo({ usageLimit: 1 });
    const request = orderOf([productId], 1, { promoCode: code });
    const other: string[] = [];
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (isRecord(call)) other.push((await placedBy(faultyWorker(), productId, { promoCode: code })).orderId);
        if (atD1("quote", 2)(call)) await cancel(faultyWorker().deps, String(other[0]));
      },
    );

    const answer = await place(worker.deps, request);
    const again = await place(faultyWorker().deps, request);

    expect(answer).toEqual({ code: "unresolved" });
    expect(again).toMatchObject({ order: { totalMinor: 18_400 } });
    expect(await useCounts(ruleId)).toEqual({ all: 1, customers: {} });
  });

  it("answers the order, where another attempt with its key was placed when there were uses again", async ({ expect }) => {
    const productId = await stocked(5);
    const { code, ruleId } = await insertPromo({ usageLimit: 1 });
    const [request, key] = [orderOf([productId], 1, { promoCode: code }), newId("key")];
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (isRecord(call)) await useUp(ruleId);
        if (!atD1("quote", 2)(call)) return;
        await env.DB.prepare("UPDATE pricing_rules SET usage_limit = 9 WHERE rule_id = ?").bind(ruleId).run();
        await bumpVersion();
        await place(faultyWorker().deps, request, key);
      },
    );

    const answer = await place(worker.deps, request, key);

    expect(answer).toMatchObject({ replayed: true, order: { totalMinor: 18_400 } });
  });

  it("is refused too where the rule has no code", async ({ expect }) => {
    const productId = await stocked(5);
    const { ruleId } = await insertRule({ productId, usageLimit: 1 });
    await bumpVersion();

    const worker = faultyWorker(
      () => "none",
      beforeRecord(() => placedBy(faultyWorker(), productId)),
    );
    const answer = await place(worker.deps, orderOf([productId]));
    const again = await place(faultyWorker().deps, orderOf([productId]));

    expect(answer).toEqual({ code: "total_changed" });
    expect(again).toMatchObject({ order: { totalMinor: 19_900, rulesUsed: [] } });
    expect(await useCounts(ruleId)).toEqual({ all: 1, customers: {} });
  });

  it("is unresolved where another rule gives the same discount, and a repeat is placed by that", async ({ expect }) => {
    const productId = await stocked(5);
    const one = { productId, usageLimit: 1, stackable: false };
    const first = await insertRule({ ...one, priority: 1 });
    await insertRule({ ...one, priority: 2 });
    await bumpVersion();
    const worker = faultyWorker(
      () => "none",
      beforeRecord(() => useUp(first.ruleId)),
    );

    const answer = await place(worker.deps, orderOf([productId]));
    const again = await place(faultyWorker().deps, orderOf([productId]));

    expect([answer, again]).toMatchObject([{ code: "unresolved" }, { order: { totalMinor: 18_400 } }]);
  });

  it("is unresolved where its product is not sold any more, and a repeat is refused for that", async ({ expect }) => {
    const productId = await stocked(5);
    const { code, ruleId } = await insertPromo({ usageLimit: 1 });
    const request = orderOf([productId], 1, { promoCode: code });
    const worker = faultyWorker(
      () => "none",
      beforeRecord(async () => {
        await useUp(ruleId);
        await archive(productId);
      }),
    );

    const answer = await place(worker.deps, request);
    const again = await place(faultyWorker().deps, request);

    expect([answer, again]).toEqual([{ code: "unresolved" }, { code: "insufficient_stock" }]);
  });

  it("is unresolved where the prices cannot be read again, and its units are free", async ({ expect }) => {
    const productId = await stocked(5);
    const { code, ruleId } = await insertPromo({ usageLimit: 1 });
    const take = () => placedBy(faultyWorker(), productId, { promoCode: code });
    const worker = faultyWorker((call) => (atD1("quote", 2)(call) ? "lost" : "none"), beforeRecord(take));

    const answer = await place(worker.deps, orderOf([productId], 1, { promoCode: code }));
    await worker.idle();

    expect(answer).toEqual({ code: "unresolved" });
    expect([await availableAt(productId), await useCounts(ruleId)]).toEqual([4, { all: 1, customers: {} }]);
  });

  it("answers the order, where another attempt with its key is the one that was faster", async ({ expect }) => {
    const productId = await stocked(5);
    const { code, ruleId } = await insertPromo({ usageLimit: 1 });
    const [request, key] = [orderOf([productId], 1, { promoCode: code }), newId("key")];
    const worker = faultyWorker(
      () => "none",
      beforeRecord(() => place(faultyWorker().deps, request, key)),
    );

    const answer = await place(worker.deps, request, key);

    expect(answer).toMatchObject({ replayed: true, order: { promoCode: code } });
    expect(await useCounts(ruleId)).toEqual({ all: 1, customers: {} });
  });
});
