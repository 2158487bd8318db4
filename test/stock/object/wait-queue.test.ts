import { beforeEach, describe, it, vi } from "vitest";
import { WaitQueue } from "../../../src/stock/object/wait-queue.ts";
import type { ReserveAnswer, ReserveRequest } from "../../../src/stock/rules/messages.ts";
import { adjustment, held, stockWith, stopTime, unitsOf, reserveRequest } from "../../support/stock/stock.ts";
import { answered, enqueued, SHORT_MS } from "../../support/stock/waiting.ts";

beforeEach(stopTime);

const requestOf = (holdId: string): ReserveRequest => {
  return { holdId, lines: [{ variantId: "v", quantity: 1 }], ranking: [], policy: "single", waitMs: 20 };
};

describe("requests that wait for the same variant", () => {
  it("get units in the order of their arrival", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const placing = [await held(stock), await held(stock)] as const;
    const line = [
      await enqueued(stock, reserveRequest(1)),
      await enqueued(stock, reserveRequest(1)),
      await enqueued(stock, reserveRequest(1)),
    ];
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

  it("are not overtaken by a smaller request that would fit", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const placing = await held(stock);
    const first = await enqueued(stock, reserveRequest(2));

    const impatient = await stock.reserve(reserveRequest(1));
    const patient = await enqueued(stock, reserveRequest(1));
    const whileFirstWaits = await answered(stock, [first.answer, patient.answer]);
    await stock.release(placing);

    expect(impatient).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: true, isBehind: true }] });
    expect(whileFirstWaits).toEqual([undefined, undefined]);
    expect(await first.answer).toMatchObject({ outcome: "reserved" });
  });

  it("do not delay a repeat of a reservation that already has its units", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const request = reserveRequest(1);
    await held(stock, request);
    await enqueued(stock, reserveRequest(2));

    expect(await stock.reserve(request)).toMatchObject({ outcome: "reserved" });
  });

  it("do not delay requests for other variants", async ({ expect }) => {
    const { stock } = await stockWith(1);
    await stock.adjust(adjustment("receive", 1, { variantId: "w" }));
    await held(stock);
    await enqueued(stock, reserveRequest(1));

    const answer = await stock.reserve(reserveRequest(1, { variantId: "w" }));

    expect(answer).toMatchObject({ outcome: "reserved" });
  });

  it("are not overtaken by one whose wait ends", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const placing = await held(stock);
    const first = await enqueued(stock, reserveRequest(2));
    const second = await enqueued(stock, reserveRequest(1, { waitMs: SHORT_MS }));

    const gaveUp = await second.answer;
    await stock.release(placing);

    expect(gaveUp).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: true, isBehind: true }] });
    expect(await first.answer).toMatchObject({ outcome: "reserved" });
  });

  it("are not served once their hold was released", async ({ expect }) => {
    const { stock } = await stockWith(1);
    const placing = await held(stock);
    const request = reserveRequest(1);
    const waiting = await enqueued(stock, request);

    await stock.release(request.holdId);
    await stock.release(placing);

    expect(await waiting.answer).toEqual({ outcome: "ended" });
    expect(await stock.levels()).toMatchObject([{ onHand: 1, reserved: 0 }]);
  });

  it("leave free units to the next as soon as the first gives up", async ({ expect }) => {
    const { stock } = await stockWith(2);
    await held(stock);
    const first = await enqueued(stock, reserveRequest(2, { waitMs: SHORT_MS }));
    const second = await enqueued(stock, reserveRequest(1));

    expect(await first.answer).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: true }] });
    expect(await second.answer).toMatchObject({ outcome: "reserved" });
  });

  it("leave free units to the next as soon as the first is refused", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const placing = await held(stock);
    const first = await enqueued(stock, reserveRequest(2));
    const second = await enqueued(stock, reserveRequest(1));

    await stock.commit(placing);

    expect(await first.answer).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: false }] });
    expect(await second.answer).toMatchObject({ outcome: "reserved" });
  });

  it("with several variants wait for all of them, and later requests wait behind each", async ({ expect }) => {
    const { stock } = await stockWith(1);
    await stock.adjust(adjustment("receive", 1, { variantId: "w" }));
    const placing = await held(stock);
    const lines = ["v", "w"].map((variantId) => ({ variantId, quantity: 1 }));
    const both = await enqueued(stock, reserveRequest(0, { lines }));
    const behind = await enqueued(stock, reserveRequest(1, { variantId: "w" }));
    const whileBothWaits = await answered(stock, [both.answer, behind.answer]);

    await stock.release(placing);

    expect(whileBothWaits).toEqual([undefined, undefined]);
    expect(await both.answer).toMatchObject({ outcome: "reserved" });
    expect(await unitsOf(stock, { variantId: "w" })).toEqual([1, 1]);
  });
});

describe("an error while a request waits", () => {
  it("fails only that request, and the others are served", async ({ expect }) => {
    const attempt = vi.fn<() => ReserveAnswer>(() => ({ outcome: "ended" }));
    attempt.mockImplementationOnce(() => {
      throw new Error("the storage failed");
    });
    const queue = new WaitQueue(attempt);

    const [first, second] = await Promise.allSettled([queue.enqueue(requestOf("a.1")), queue.enqueue(requestOf("b.1"))]);

    expect(first).toMatchObject({ status: "rejected" });
    expect(second).toEqual({ status: "fulfilled", value: { outcome: "ended" } });
    expect(queue.hasWaitersFor(requestOf("c.1"))).toBe(false);
  });
});
