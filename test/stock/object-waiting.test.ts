import { abortAllDurableObjects } from "cloudflare:test";
import { beforeEach, describe, it } from "vitest";
import type { ReserveAnswer, StockCalls } from "../../src/stock/rules/messages.ts";
import {
  adjustment,
  held,
  movementsOf,
  newHold,
  ownStockOf,
  stockOf,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  wanted,
} from "../support/stock.ts";

/** Longer than any test: who waits so long is woken, or its test fails. */
const LONG_MS = 60_000;
const SHORT_MS = 40;

beforeEach(stopTime);

/** Has a reservation wait in the object. @returns when it waits, with the answer to come and the hold */
async function parked(
  stock: StockCalls,
  request: ReturnType<typeof wanted>,
): Promise<{ answer: Promise<ReserveAnswer>; holdId: string }> {
  const answer = stock.reserve({ ...request, waitMs: request.waitMs || LONG_MS });
  await stock.audit(); // calls arrive in order, so this answer says that the one before has arrived
  return { answer, holdId: request.holdId };
}

/** Which of the answers are there by now. */
async function answered(stock: StockCalls, answers: readonly Promise<ReserveAnswer>[]): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = answers.map(() => undefined);
  answers.forEach((answer, index) => void answer.then(({ outcome }) => (seen[index] = outcome)));
  await stock.audit(); // what the object answered before, it has told by then
  return [...seen];
}

describe("a reservation that waits (PROTOCOL O1)", () => {
  it("gets the units as soon as the order that held them gives them back", async ({ expect }) => {
    const { stock } = await ownStockOf(1);
    const placing = await held(stock);
    const { answer } = await parked(stock, wanted(1));

    await stock.release(placing);

    expect(await answer).toMatchObject({ outcome: "reserved" });
    expect(await unitsOf(stock)).toEqual([1, 1]);
  });

  it.for<[string, (stock: StockCalls, holdId: string) => Promise<unknown>]>([
    ["sold", (stock, holdId) => stock.commit(holdId)],
    ["kept for payment", (stock, holdId) => stock.keep(holdId, Date.now() + TENTATIVE_MS)],
  ])("is refused as soon as the units are %s", async ([, end], { expect }) => {
    const { stock } = await ownStockOf(1);
    const placing = await held(stock);
    const { answer } = await parked(stock, wanted(1));

    await end(stock, placing);

    expect(await answer).toMatchObject({ outcome: "short", lines: [{ available: 0, tentative: false }] });
  });

  it("gets units that come in meanwhile", async ({ expect }) => {
    const { stock } = await ownStockOf(1);
    await held(stock);
    const { answer } = await parked(stock, wanted(1));

    await stock.adjust(adjustment("receive", 1));

    expect(await answer).toMatchObject({ outcome: "reserved" });
  });

  it("is answered as things are when its time is over", async ({ expect }) => {
    const { productId, stock } = await ownStockOf(1);
    await held(stock);

    const request = wanted(1, { waitMs: SHORT_MS });
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
    const { stock } = await ownStockOf(1);
    await held(stock, wanted(1, { holdId: newHold("ORD-own") }));

    const answer = await stock.reserve(wanted(quantity, { waitMs, holdId: newHold(orderId) }));

    expect(answer).toMatchObject({ outcome: "short" });
  });

  it("may be asked for again under the same hold, and gets the units once", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    const placing = await held(stock, wanted(2));
    const request = wanted(1);
    const waiting = [await parked(stock, request), await parked(stock, request)];

    await stock.release(placing);

    const answers = await Promise.all(waiting.map(({ answer }) => answer));
    expect(answers[0]).toMatchObject({ outcome: "reserved" });
    expect(answers[1]).toEqual(answers[0]);
    expect(await unitsOf(stock)).toEqual([2, 1]);
  });

  it("may be asked for again under the same hold after the object lost it from memory", async ({ expect }) => {
    const { productId, stock } = await ownStockOf(1);
    const placing = await held(stock);
    const { answer, holdId } = await parked(stock, wanted(1));
    const lost = answer.catch(() => "lost");
    await abortAllDurableObjects();
    expect(await lost).toBe("lost");
    const revived = stockOf(productId);
    const again = await parked(revived, wanted(1, { holdId }));

    await revived.release(placing);

    expect(await again.answer).toMatchObject({ outcome: "reserved" });
    expect(await unitsOf(revived)).toEqual([1, 1]);
  });
});

describe("those who wait for the same variant", () => {
  it("get units in the order in which they came", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    const placing = [await held(stock), await held(stock)] as const;
    const line = [await parked(stock, wanted(1)), await parked(stock, wanted(1)), await parked(stock, wanted(1))];
    const answers = line.map(({ answer }) => answer);

    await stock.release(placing[0]);
    const afterOne = await answered(stock, answers);
    await stock.release(placing[1]);
    const afterTwo = await answered(stock, answers);

    expect([afterOne, afterTwo]).toEqual([
      ["reserved", undefined, undefined],
      ["reserved", "reserved", undefined],
    ]);
  });

  it("are not overtaken by one who wants less and could have it", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    const placing = await held(stock);
    const first = await parked(stock, wanted(2));

    const impatient = await stock.reserve(wanted(1));
    const patient = await parked(stock, wanted(1));
    const whileFirstWaits = await answered(stock, [first.answer, patient.answer]);
    await stock.release(placing);

    expect(impatient).toMatchObject({ outcome: "short", lines: [{ available: 0, tentative: true }] });
    expect(whileFirstWaits).toEqual([undefined, undefined]);
    expect(await first.answer).toMatchObject({ outcome: "reserved" });
  });

  it("do not hold up a repeat of a reservation that has its units already", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    const request = wanted(1);
    await held(stock, request);
    await parked(stock, wanted(2));

    expect(await stock.reserve(request)).toMatchObject({ outcome: "reserved" });
  });

  it("do not hold up those who want other variants", async ({ expect }) => {
    const { stock } = await ownStockOf(1);
    await stock.adjust(adjustment("receive", 1, { variantId: "w" }));
    await held(stock);
    await parked(stock, wanted(1));

    const answer = await stock.reserve(wanted(1, { variantId: "w" }));

    expect(answer).toMatchObject({ outcome: "reserved" });
  });

  it("let the next have what is free when the first gives up, or is refused", async ({ expect }) => {
    const { stock } = await ownStockOf(3);
    const placing = await held(stock, wanted(2));
    const first = await parked(stock, wanted(3, { waitMs: SHORT_MS }));
    const second = await parked(stock, wanted(2));
    const third = await parked(stock, wanted(1));

    const gaveUp = await first.answer;
    await stock.commit(placing);

    expect(gaveUp).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: true }] });
    expect(await second.answer).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: false }] });
    expect(await third.answer).toMatchObject({ outcome: "reserved" });
  });
});
