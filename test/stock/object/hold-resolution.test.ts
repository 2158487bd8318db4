import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { duringD1 } from "../../support/d1-faults.ts";
import {
  held,
  movementsOf,
  msToAlarm,
  newHold,
  overdue,
  stockWith,
  advanceTime,
  recordOrder,
  runAlarm,
  sqlIn,
  sqlInD1,
  stockOf,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";

const MINUTE_MS = 60_000;

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

function fencesOf(holdId: string): Promise<{ answer: string | null }[]> {
  return sqlInD1("SELECT answer FROM fences WHERE id = ?", holdId);
}

async function orderOf(holdId: string): Promise<{ status: string } | undefined> {
  const [order] = await sqlInD1<{ status: string }>("SELECT status FROM orders WHERE hold_id = ?", holdId);
  return order;
}

describe("an overdue hold, by the state of its order in D1 (A1, A2)", () => {
  it.for(["cod", "paid"])("is committed when the order is to be delivered: %s", async (paymentStatus, { expect }) => {
    const { productId, stock, holdId } = await overdue();
    await recordOrder(holdId, { paymentStatus });

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0, 2]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "allocate 2"]);
    expect(await fencesOf(holdId)).toEqual([]);
  });

  it("is kept until the payment window ends, if that is open", async ({ expect }) => {
    const { productId, stock, holdId } = await overdue();
    await recordOrder(holdId, { paymentStatus: "pending", payByMs: Date.now() + 28 * MINUTE_MS });

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 2]);
    expect(await sqlIn(productId, "SELECT purpose FROM holds")).toEqual([{ purpose: "awaiting_payment" }]);
    expect(await msToAlarm(productId)).toBe(28 * MINUTE_MS);
    expect(await fencesOf(holdId)).toEqual([]);
  });

  it("is released when the payment window has ended; the order becomes EXPIRED and owes the end of its hold", async ({
    expect,
  }) => {
    const { productId, stock, holdId } = await overdue();
    await recordOrder(holdId, { paymentStatus: "pending", payByMs: Date.now() });

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "expire 2"]);
    expect(await orderOf(holdId)).toEqual({ status: "EXPIRED" });
    expect(await sqlInD1("SELECT action_id, kind FROM stock_actions WHERE hold_id = ?", holdId)).toEqual([
      { action_id: `expire:${holdId}`, kind: "cancel" },
    ]);
  });

  it.for(["CANCELLED", "EXPIRED"])("is released when the order is %s", async (status, { expect }) => {
    const { productId, stock, holdId } = await overdue();
    await recordOrder(holdId, { status });

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await orderOf(holdId)).toEqual({ status });
  });

  it("is fenced and released when there is no such order", async ({ expect }) => {
    const { productId, stock, holdId } = await overdue();

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "expire 2"]);
    expect(await fencesOf(holdId)).toEqual([{ answer: null }]);
  });

  it("is fenced and released when the order records another hold", async ({ expect }) => {
    const orderId = "ORD-of-another-attempt";
    const { productId, stock, holdId } = await overdue(orderId);
    const recorded = newHold(orderId);
    await recordOrder(recorded);

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect([await fencesOf(holdId), await fencesOf(recorded), await fencesOf(orderId)]).toEqual([[{ answer: null }], [], []]);
  });

  it("is not resolved before it expires", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));
    advanceTime(TENTATIVE_MS - 1);

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 2]);
    expect(await fencesOf(holdId)).toEqual([]);
    expect(await msToAlarm(productId)).toBe(1);
  });

  it("is resolved in one request with all others, each with its own verdict", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    const holds = [
      await held(stock, reserveRequest(1)),
      await held(stock, reserveRequest(2)),
      await held(stock, reserveRequest(3)),
    ] as const;
    await recordOrder(holds[0]);
    await recordOrder(holds[1], { paymentStatus: "pending", payByMs: Date.now() + 30 * MINUTE_MS });
    advanceTime(TENTATIVE_MS);
    const batch = vi.spyOn(env.DB, "batch");

    await runAlarm(productId);

    expect(batch).toHaveBeenCalledTimes(2); // resolving the holds, and the flush
    expect(await unitsOf(stock)).toEqual([9, 2, 1]);
  });
});

describe("D1's resolution of a hold (A1, A3)", () => {
  it("is requested for a hundred holds at once, and for the rest right after", async ({ expect }) => {
    const { productId, stock } = await stockWith(101);
    await Promise.all(Array.from({ length: 101 }, () => held(stock)));
    advanceTime(TENTATIVE_MS);

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([101, 1]);
    expect(await msToAlarm(productId)).toBeLessThanOrEqual(0);
    await runAlarm(productId);
    expect(await unitsOf(stock)).toEqual([101, 0]);
    expect(await stock.audit()).toEqual([]);
  });

  it.for(["commit", "release", "cancelHold"] as const)("changes nothing when %s arrived meanwhile", async (end, { expect }) => {
    const { productId, stock, holdId } = await overdue();
    duringD1(() => stockOf(productId)[end](holdId));

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual(end === "commit" ? [5, 0, 2] : [5, 0]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", end === "commit" ? "allocate 2" : "release 2"]);
  });

  it("does not revive a hold that ended meanwhile, when the verdict is keep", async ({ expect }) => {
    const { productId, stock, holdId } = await overdue();
    await recordOrder(holdId, { paymentStatus: "pending", payByMs: Date.now() + MINUTE_MS });
    duringD1(() => stockOf(productId).cancelHold(holdId));

    await runAlarm(productId);

    expect(await sqlIn(productId, "SELECT * FROM holds")).toEqual([]);
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("serves waiting requests with the released units", async ({ expect }) => {
    const { productId, stock } = await stockWith(1);
    await held(stock);
    advanceTime(TENTATIVE_MS);
    const waiting = stock.reserve(reserveRequest(1, { waitMs: 60_000 }));

    await runAlarm(productId);

    expect(await waiting).toMatchObject({ outcome: "reserved" });
  });
});
