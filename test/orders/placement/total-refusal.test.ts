import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { bindDeps } from "../../../src/bind.ts";
import { sweep } from "../../../src/cron.ts";
import { FAULTS, faultyWorker, atD1, outcome } from "../../support/faults.ts";
import { bodyOf, footprint, inStock, newKey, placed, send } from "../../support/orders/http.ts";
import { orderOf, ordersOf, place, stocked } from "../../support/orders/orders.ts";
import { bumpVersion } from "../../support/pricing/pricing.ts";
import { insertPromo } from "../../support/pricing/promo.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);
afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;

/** A code that takes nothing off until it starts. */
async function laterCode(): Promise<{ code: string; start: () => Promise<void> }> {
  const { code, ruleId } = await insertPromo({ startAtMs: Number.MAX_SAFE_INTEGER });
  const start = async () => {
    await env.DB.prepare("UPDATE pricing_rules SET start_at_ms = 1 WHERE rule_id = ?").bind(ruleId).run();
    await bumpVersion();
  };
  return { code, start };
}

describe("an order that was refused for its total, sent again with its Idempotency-Key", () => {
  it("is refused in the same way for 24 hours, even when the total would match by now, and may be placed afterwards", async ({
    expect,
  }) => {
    const [rice, key] = [await inStock(5), newKey()];
    const { code, start } = await laterCode();
    const body = bodyOf([rice], { promo_code: code });

    const first = await send(body, { key });
    await start();
    const again = await send(body, { key });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + DAY_MS + 60_000 });
    await sweep(bindDeps(env, { waitUntil: () => {} }).deps);
    vi.useRealTimers();
    const dayAfter = await send(body, { key });

    const { request_id: _, ...problem } = first.body;
    expect([first.status, again.status, dayAfter.status]).toEqual([409, 409, 201]);
    expect(problem).toMatchObject({ code: "total_changed", quote: { total: 199 } });
    expect(again.body).toMatchObject(problem);
    expect([first, again, dayAfter].map(({ headers }) => headers.get("Idempotency-Replayed"))).toEqual([null, "true", null]);
    expect(dayAfter.body).toMatchObject({ total: 184 });
  });

  it("is refused for another body under the key", async ({ expect }) => {
    const [rice, key] = [await inStock(5), newKey()];
    await send(bodyOf([rice], { expected_total: 1 }), { key });

    const { status, body } = await send(bodyOf([rice], { expected_total: 199 }), { key });

    expect([status, body.code]).toEqual([422, "idempotency_key_reused"]);
  });

  it("is placed at the new total with a new key", async ({ expect }) => {
    const rice = await inStock(5);
    const { body } = await send(bodyOf([rice], { expected_total: 1 }), { key: newKey() });
    const { total } = body.quote as { total: number };

    expect((await placed(bodyOf([rice], { expected_total: total }), { key: newKey() })).total).toBe(199);
  });

  it("writes one row, and without a key none", async ({ expect }) => {
    const rice = await inStock(5);
    const before = await footprint(rice);

    await send(bodyOf([rice], { expected_total: 1 }));
    const unkeyed = await footprint(rice);
    await send(bodyOf([rice], { expected_total: 1 }), { key: newKey() });

    const fences = ({ rows }: typeof before) => Number(rows.find(([table]) => table === "fences")?.[1]);
    expect(unkeyed).toEqual(before);
    expect(fences(await footprint(rice)) - fences(before)).toBe(1);
  });
});

describe("the refusal of a key's total", () => {
  it.for(FAULTS)("whose batch meets a fault (%s) is never contradicted by a retry", async (fault, { expect }) => {
    const productId = await stocked(5);
    const { code, start } = await laterCode();
    const [request, key] = [orderOf([productId], 1, { promoCode: code }), newId("key")];

    const worker = faultyWorker((call) => (atD1("keep refusal")(call) ? fault : "none"));
    const first = await outcome(worker, place(worker.deps, request, key));
    await start();
    const second = await place(faultyWorker().deps, request, key);
    await worker.deliverLate();
    const third = await place(faultyWorker().deps, request, key);

    expect(first).toEqual(fault.startsWith("dies") ? "died" : { code: "unresolved" });
    // A decision without an answer may be either, but it never changes.
    const isKept = fault === "answer_lost" || fault === "dies_after";
    expect("order" in second).toBe(!isKept);
    expect("order" in third).toBe(!isKept);
    expect(await ordersOf(productId)).toHaveLength(isKept ? 0 : 1);
  });

  it("yields to the order, where another attempt with the key recorded it meanwhile", async ({ expect }) => {
    const productId = await stocked(5);
    const { code, start } = await laterCode();
    const [request, key] = [orderOf([productId], 1, { promoCode: code }), newId("key")];

    const slow = faultyWorker(
      () => "none",
      async (call) => {
        if (!atD1("keep refusal")(call)) return;
        await start();
        await place(faultyWorker().deps, request, key);
      },
    );
    const answer = await place(slow.deps, request, key);

    expect(answer).toMatchObject({ replayed: true, order: { totalMinor: 18_400, promoCode: code } });
  });

  it("that release 0.2 kept, with short lines only, is repeated as it was", async ({ expect }) => {
    const [rice, key] = [await inStock(1), newKey()];
    const body = { ...bodyOf([rice]), items: [{ product_id: rice, quantity: 3 }] };
    const first = await send(body, { key });
    await env.DB.prepare(
      `UPDATE fences SET answer = json_object('requestHash', answer->>'requestHash', 'stockErrors', json(answer->'$.members.stock_errors'))
       WHERE id = ?`,
    )
      .bind(String(first.body.order_id))
      .run();

    const again = await send(body, { key });

    const { request_id: _, ...problem } = first.body;
    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([409, "true"]);
    expect(again.body).toMatchObject(problem);
  });
});
