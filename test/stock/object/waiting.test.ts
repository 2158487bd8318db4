import { abortAllDurableObjects } from "cloudflare:test";
import { beforeEach, describe, it } from "vitest";
import type { StockCalls } from "../../../src/stock/rules/stock-calls.ts";
import {
  adjustment,
  held,
  movementsOf,
  newHold,
  stockWith,
  stockOf,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { LONG_MS, enqueued, SHORT_MS } from "../../support/stock/waiting.ts";

beforeEach(stopTime);

describe("a waiting reservation (O1)", () => {
  it("gets the units as soon as the order that held them releases them", async ({ expect }) => {
    const { stock } = await stockWith(1);
    const placing = await held(stock);
    const { answer } = await enqueued(stock, reserveRequest(1));

    await stock.release(placing);

    expect(await answer).toMatchObject({ outcome: "reserved" });
    expect(await unitsOf(stock)).toEqual([1, 1]);
  });

  it.for<[string, (stock: StockCalls, holdId: string) => Promise<unknown>]>([
    ["sold", (stock, holdId) => stock.commit(holdId)],
    ["kept for payment", (stock, holdId) => stock.keep(holdId, Date.now() + TENTATIVE_MS)],
  ])("is refused as soon as the units are %s", async ([, end], { expect }) => {
    const { stock } = await stockWith(1);
    const placing = await held(stock);
    const { answer } = await enqueued(stock, reserveRequest(1));

    await end(stock, placing);

    expect(await answer).toMatchObject({ outcome: "short", lines: [{ available: 0, tentative: false }] });
  });

  it("gets units of an order that is cancelled meanwhile", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const sold = await held(stock);
    await stock.commit(sold);
    await held(stock);
    const { answer } = await enqueued(stock, reserveRequest(1));

    await stock.cancelHold(sold);

    expect(await answer).toMatchObject({ outcome: "reserved" });
  });

  it("gets units that arrive meanwhile", async ({ expect }) => {
    const { stock } = await stockWith(1);
    await held(stock);
    const { answer } = await enqueued(stock, reserveRequest(1));

    await stock.adjust(adjustment("receive", 1));

    expect(await answer).toMatchObject({ outcome: "reserved" });
  });

  it("returns the current answer when its wait ends", async ({ expect }) => {
    const { productId, stock } = await stockWith(1);
    await held(stock);

    const request = reserveRequest(1, { waitMs: SHORT_MS });
    const answer = await stock.reserve(request);

    expect(answer).toMatchObject({ outcome: "short", lines: [{ available: 0, tentative: true }] });
    await stock.adjust(adjustment("receive", 1));
    expect(await movementsOf(productId, request.holdId)).toEqual([]);
  });

  it.for<[string, number, { orderId?: string; waitMs: number }]>([
    ["when the units will not come back", 2, { waitMs: LONG_MS }],
    ["when an earlier attempt of its own order has them", 1, { waitMs: LONG_MS, orderId: "ORD-own" }],
    ["when it did not ask to wait", 1, { waitMs: 0 }],
  ])("does not wait %s", async ([, quantity, { waitMs, orderId }], { expect }) => {
    const { stock } = await stockWith(1);
    await held(stock, reserveRequest(1, { holdId: newHold("ORD-own") }));

    const answer = await stock.reserve(reserveRequest(quantity, { waitMs, holdId: newHold(orderId) }));

    expect(answer).toMatchObject({ outcome: "short" });
  });

  it("may be repeated under the same hold, and gets the units once", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const placing = await held(stock, reserveRequest(2));
    const request = reserveRequest(1);
    const waiting = [await enqueued(stock, request), await enqueued(stock, request)];

    await stock.release(placing);

    const answers = await Promise.all(waiting.map(({ answer }) => answer));
    expect(answers[0]).toMatchObject({ outcome: "reserved" });
    expect(answers[1]).toEqual(answers[0]);
    expect(await unitsOf(stock)).toEqual([2, 1]);
  });

  it("may be repeated under the same hold after an eviction", async ({ expect }) => {
    const { productId, stock } = await stockWith(1);
    const placing = await held(stock);
    const { answer, holdId } = await enqueued(stock, reserveRequest(1));
    const lost = answer.catch(() => "lost");
    await abortAllDurableObjects();
    expect(await lost).toBe("lost");
    const revived = stockOf(productId);
    const again = await enqueued(revived, reserveRequest(1, { holdId }));

    await revived.release(placing);

    expect(await again.answer).toMatchObject({ outcome: "reserved" });
    expect(await unitsOf(revived)).toEqual([1, 1]);
  });
});
