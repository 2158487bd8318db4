import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { hangD1, silenceD1 } from "../../support/d1-faults.ts";
import {
  adjustment,
  FLUSH_MS,
  held,
  msToAlarm,
  overdue,
  advanceTime,
  projectionOf,
  runAlarm,
  stopTime,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

describe("while D1 is unreachable (A4)", () => {
  it("every unit stays reserved, and retries follow after 2 s, 4 s, 8 s … and at most 60 s", async ({ expect }) => {
    const { productId, stock } = await overdue();
    silenceD1();
    const waits: (number | null)[] = [];

    for (let tries = 0; tries < 8; tries += 1) {
      await runAlarm(productId);
      const wait = await msToAlarm(productId);
      waits.push(wait);
      advanceTime(wait ?? 0);
    }

    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("no change of stock brings the next retry forward", async ({ expect }) => {
    const { productId, stock } = await overdue();
    silenceD1();
    await runAlarm(productId);
    advanceTime(10);

    await stock.adjust(adjustment("receive", 1));
    await held(stock, reserveRequest(1));

    expect(await msToAlarm(productId)).toBe(1_990);
  });

  it("reservations, commits and releases still work", async ({ expect }) => {
    const { productId, stock } = await overdue();
    silenceD1();
    await runAlarm(productId);

    await stock.commit(await held(stock, reserveRequest(1)));
    await stock.release(await held(stock, reserveRequest(2)));

    expect(await unitsOf(stock)).toEqual([5, 2, 1]);
  });

  it("nothing is lost: the first successful run resolves the holds, flushes, and resets the backoff", async ({ expect }) => {
    const { productId, stock } = await overdue();
    const endSilence = silenceD1();
    await runAlarm(productId);
    await runAlarm(productId);
    endSilence();

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
    expect(await msToAlarm(productId)).toBeNull();
    await stock.adjust(adjustment("receive", 1));
    advanceTime(FLUSH_MS);
    silenceD1();
    await runAlarm(productId);
    expect(await msToAlarm(productId)).toBe(2_000);
  });

  it("a request to D1 times out after 5 s", async ({ expect }) => {
    const { productId, stock } = await overdue();
    vi.spyOn(console, "error").mockReturnValue();
    const endSilence = hangD1();

    await runAlarm(productId);

    endSilence();
    expect(await msToAlarm(productId)).toBe(2_000);
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("a resolved hold stays resolved when only the flush fails", async ({ expect }) => {
    const { productId, stock } = await overdue();
    const real = env.DB.batch.bind(env.DB);
    vi.spyOn(console, "error").mockReturnValue();
    vi.spyOn(env.DB, "batch").mockImplementationOnce(real).mockRejectedValueOnce(new Error("D1 is down"));

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await projectionOf(productId)).toEqual([]);
    await runAlarm(productId);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });
});
