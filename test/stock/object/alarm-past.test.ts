import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { adjustment, advanceTime, evict, msToAlarm, stockWith, stopTime } from "../../support/stock/stock.ts";

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

describe("an alarm time in the past, which a constructor that threw leaves behind", () => {
  it("counts as none: the next change sets one", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const before = await msToAlarm(productId);
    // The object was not to be woken when its alarm was due, and its settings are right again only now.
    advanceTime(3_600_000);
    await evict(productId);
    const past = await msToAlarm(productId);

    await stock.adjust(adjustment("receive", 1));

    expect([before, past]).toEqual([expect.any(Number), (before ?? 0) - 3_600_000]);
    expect(await msToAlarm(productId)).toBeGreaterThanOrEqual(0);
  });
});
