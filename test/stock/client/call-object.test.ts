import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { TimeoutError } from "../../../src/db/client.ts";
import type { Measure } from "../../../src/meter.ts";
import { callStock } from "../../../src/stock/client/call-object.ts";
import type { StockCalls } from "../../../src/stock/rules/stock-calls.ts";
import { movementsOf, stockWith, unitsOf, reserveRequest } from "../../support/stock/stock.ts";

afterEach(() => vi.useRealTimers());

const unmeasured: Measure = (_, call) => call();

/** Stubs of a real object whose first answers to `reserve` are lost after it has reserved. */
function losing(productId: string, answers: number): { open: () => StockCalls; opened: () => number } {
  let opened = 0;
  const open = (): StockCalls => {
    opened += 1;
    const stub: StockCalls = env.STOCK.getByName(productId);
    const isLost = opened <= answers;
    return new Proxy(stub, {
      get: (target, name: keyof StockCalls) =>
        name === "reserve"
          ? async (request: Parameters<StockCalls["reserve"]>[0]) => {
              const answer = await target.reserve(request);
              if (isLost) throw new Error("the answer was lost");
              return answer;
            }
          : target[name],
    });
  };
  return { open, opened: () => opened };
}

/** An object that never answers. */
function silent(): { open: () => StockCalls; opened: () => number } {
  let opened = 0;
  const never = () => new Promise<never>(() => {});
  const open = () => {
    opened += 1;
    return new Proxy({}, { get: () => never }) as StockCalls;
  };
  return { open, opened: () => opened };
}

describe("a call of a product's object (C3)", () => {
  it("is not repeated for a client that has disconnected", async ({ expect }) => {
    const { productId } = await stockWith(1);
    const { open, opened } = losing(productId, 1);

    const call = callStock(open, unmeasured, () => false).reserve(reserveRequest(1));

    await expect(call).rejects.toThrow("the answer was lost");
    expect(opened()).toBe(1);
  });

  it("is repeated with the same hold over a new stub when its answer was lost", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const { open, opened } = losing(productId, 2);
    const request = reserveRequest(2);

    const answer = await callStock(open, unmeasured).reserve(request);

    expect(answer).toMatchObject({ outcome: "reserved" });
    expect(opened()).toBe(3);
    expect(await movementsOf(productId, request.holdId)).toEqual(["reserve 2"]);
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("fails with unknown outcome when the third answer was lost", async ({ expect }) => {
    const { productId } = await stockWith(5);
    const { open, opened } = losing(productId, 3);

    await expect(callStock(open, unmeasured).reserve(reserveRequest(2))).rejects.toThrow("the answer was lost");

    expect(opened()).toBe(3);
  });

  it("is not repeated at an overloaded object", async ({ expect }) => {
    let opened = 0;
    const open = () => {
      opened += 1;
      throw Object.assign(new Error("overloaded"), { overloaded: true });
    };

    await expect(callStock(open, unmeasured).commit("hold")).rejects.toThrow("overloaded");

    expect(opened).toBe(1);
  });

  it.for<[string, number, (stock: StockCalls) => Promise<unknown>]>([
    ["3 s", 3_000, (stock) => stock.commit("hold")],
    ["3 s and as long as it may wait in the object", 4_000, (stock) => stock.reserve(reserveRequest(1, { waitMs: 1_000 }))],
  ])("times out after %s each time", async ([, limitMs, call], { expect }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { open, opened } = silent();
    const outcome = call(callStock(open, unmeasured)).catch((error: unknown) => error);

    await vi.advanceTimersByTimeAsync(limitMs - 1);
    const openedBefore = opened();
    await vi.advanceTimersByTimeAsync(1);
    const openedAfter = opened();
    await vi.advanceTimersByTimeAsync(2 * limitMs);

    expect([openedBefore, openedAfter]).toEqual([1, 2]);
    expect(await outcome).toBeInstanceOf(TimeoutError);
    expect(opened()).toBe(3);
  });

  it("counts as one hop, however often it is repeated", async ({ expect }) => {
    const { productId } = await stockWith(5);
    const measured: string[] = [];
    const measure: Measure = (kind, run) => {
      measured.push(kind);
      return run();
    };

    await callStock(losing(productId, 2).open, measure).reserve(reserveRequest(1));

    expect(measured).toEqual(["object"]);
  });

  it("reaches every method of the object", async ({ expect }) => {
    const { productId } = await stockWith(5);
    const stock = callStock(() => env.STOCK.getByName(productId), unmeasured);
    const request = reserveRequest(2);

    await stock.reserve(request);
    await stock.keep(request.holdId, Date.now() + 60_000);
    await stock.commit(request.holdId);
    await stock.cancelHold(request.holdId);
    await stock.release(request.holdId);
    await stock.refresh();

    expect(await movementsOf(productId, request.holdId)).toEqual(["reserve 2", "allocate 2", "deallocate 2"]);
    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await stock.audit()).toEqual([]);
  });
});
