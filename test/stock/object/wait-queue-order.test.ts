import { beforeEach, describe, it } from "vitest";
import { adjustment, held, ownStockOf, stopTime, unitsOf, wanted } from "../../support/stock/stock.ts";
import { answered, parked, SHORT_MS } from "../../support/stock/waiting.ts";

beforeEach(stopTime);

describe("requests that wait for the same variant", () => {
  it("get units in the order of their arrival", async ({ expect }) => {
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

  it("are not overtaken by a smaller request that would fit", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    const placing = await held(stock);
    const first = await parked(stock, wanted(2));

    const impatient = await stock.reserve(wanted(1));
    const patient = await parked(stock, wanted(1));
    const whileFirstWaits = await answered(stock, [first.answer, patient.answer]);
    await stock.release(placing);

    expect(impatient).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: true, isBehind: true }] });
    expect(whileFirstWaits).toEqual([undefined, undefined]);
    expect(await first.answer).toMatchObject({ outcome: "reserved" });
  });

  it("do not delay a repeat of a reservation that already has its units", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    const request = wanted(1);
    await held(stock, request);
    await parked(stock, wanted(2));

    expect(await stock.reserve(request)).toMatchObject({ outcome: "reserved" });
  });

  it("do not delay requests for other variants", async ({ expect }) => {
    const { stock } = await ownStockOf(1);
    await stock.adjust(adjustment("receive", 1, { variantId: "w" }));
    await held(stock);
    await parked(stock, wanted(1));

    const answer = await stock.reserve(wanted(1, { variantId: "w" }));

    expect(answer).toMatchObject({ outcome: "reserved" });
  });

  it("are not overtaken by one whose wait ends", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    const placing = await held(stock);
    const first = await parked(stock, wanted(2));
    const second = await parked(stock, wanted(1, { waitMs: SHORT_MS }));

    const gaveUp = await second.answer;
    await stock.release(placing);

    expect(gaveUp).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: true, isBehind: true }] });
    expect(await first.answer).toMatchObject({ outcome: "reserved" });
  });

  it("are not served once their hold was released", async ({ expect }) => {
    const { stock } = await ownStockOf(1);
    const placing = await held(stock);
    const request = wanted(1);
    const waiting = await parked(stock, request);

    await stock.release(request.holdId);
    await stock.release(placing);

    expect(await waiting.answer).toEqual({ outcome: "ended" });
    expect(await stock.levels()).toMatchObject([{ onHand: 1, reserved: 0 }]);
  });

  it("leave free units to the next as soon as the first gives up", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    await held(stock);
    const first = await parked(stock, wanted(2, { waitMs: SHORT_MS }));
    const second = await parked(stock, wanted(1));

    expect(await first.answer).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: true }] });
    expect(await second.answer).toMatchObject({ outcome: "reserved" });
  });

  it("leave free units to the next as soon as the first is refused", async ({ expect }) => {
    const { stock } = await ownStockOf(2);
    const placing = await held(stock);
    const first = await parked(stock, wanted(2));
    const second = await parked(stock, wanted(1));

    await stock.commit(placing);

    expect(await first.answer).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: false }] });
    expect(await second.answer).toMatchObject({ outcome: "reserved" });
  });

  it("with several variants wait for all of them, and later requests wait behind each", async ({ expect }) => {
    const { stock } = await ownStockOf(1);
    await stock.adjust(adjustment("receive", 1, { variantId: "w" }));
    const placing = await held(stock);
    const lines = ["v", "w"].map((variantId) => ({ variantId, quantity: 1 }));
    const both = await parked(stock, wanted(0, { lines }));
    const behind = await parked(stock, wanted(1, { variantId: "w" }));
    const whileBothWaits = await answered(stock, [both.answer, behind.answer]);

    await stock.release(placing);

    expect(whileBothWaits).toEqual([undefined, undefined]);
    expect(await both.answer).toMatchObject({ outcome: "reserved" });
    expect(await unitsOf(stock, { variantId: "w" })).toEqual([1, 1]);
  });
});
