import { beforeEach, describe, it } from "vitest";
import {
  adjustment,
  evict,
  held,
  movementsOf,
  newHold,
  newStock,
  stockWith,
  advanceTime,
  runAlarm,
  sqlIn,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);

describe("a reservation (O1)", () => {
  it("reduces what is available and leaves on hand as it is", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const request = reserveRequest(3);

    const answer = await stock.reserve(request);

    expect(answer).toEqual({
      outcome: "reserved",
      allocations: [{ variantId: "v", warehouseId: "BLR", quantity: 3 }],
      levels: [{ variantId: "v", warehouseId: "BLR", onHand: 5, reserved: 3, allocated: 0, version: 2 }],
    });
    expect(await stock.levels()).toEqual([
      { variantId: "v", warehouseId: "BLR", onHand: 5, reserved: 3, allocated: 0, version: 2 },
    ]);
    expect(await movementsOf(productId, request.holdId)).toEqual(["reserve 3"]);
  });

  it("reserves every line of the product or none", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await stock.adjust(adjustment("receive", 1, { variantId: "w" }));
    const lines = [
      { variantId: "v", quantity: 5 },
      { variantId: "w", quantity: 2 },
    ];
    const request = reserveRequest(0, { lines });

    const answer = await stock.reserve(request);

    expect(answer).toEqual({
      outcome: "short",
      lines: [{ variantId: "w", quantity: 2, available: 1, tentative: false, isBehind: false, ownHolds: [] }],
    });
    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, request.holdId)).toEqual([]);
  });

  it("returns the same answer when it is repeated, and reserves nothing more", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 2, MUM: 4 });
    const request = reserveRequest(5, { ranking: ["MUM", "BLR"] });
    const first = await stock.reserve(request);
    await evict(productId);

    const again = await stock.reserve(request);

    expect(first).toMatchObject({ outcome: "reserved" });
    if (first.outcome !== "reserved" || again.outcome !== "reserved") return;
    const warehouses = [...first.allocations, ...again.allocations].map(
      ({ warehouseId, quantity }) => `${warehouseId} ${quantity}`,
    );
    expect(warehouses.toSorted()).toEqual(["BLR 1", "BLR 1", "MUM 4", "MUM 4"]);
    expect(await unitsOf(stock)).toEqual([2, 1]);
  });

  it("returns what its hold has when the same hold asks for something else", async ({ expect }) => {
    const { stock } = await stockWith(9);
    const request = reserveRequest(2);
    await stock.reserve(request);

    const answer = await stock.reserve({ ...request, lines: [{ variantId: "v", quantity: 7 }] });

    expect(answer).toMatchObject({ outcome: "reserved", allocations: [{ quantity: 2 }] });
    expect(await unitsOf(stock)).toEqual([9, 2]);
  });

  it("gives the last units to exactly as many of many simultaneous buyers as there are units", async ({ expect }) => {
    const { stock } = await stockWith(7);

    const answers = await Promise.all(Array.from({ length: 20 }, () => stock.reserve(reserveRequest(1))));

    expect(answers.filter(({ outcome }) => outcome === "reserved")).toHaveLength(7);
    expect(await unitsOf(stock)).toEqual([7, 7]);
  });

  it("is short for a variant that never had stock", async ({ expect }) => {
    const { stock } = newStock();

    const answer = await stock.reserve(reserveRequest(1));

    expect(answer).toMatchObject({ outcome: "short", lines: [{ available: 0, tentative: false }] });
  });

  it("reports a shortage as tentative while the orders that hold the units are being placed", async ({ expect }) => {
    const { stock } = await stockWith(1);
    const holdId = await held(stock);

    const whilePlacing = await stock.reserve(reserveRequest(1));
    await stock.keep(holdId, Date.now() + TENTATIVE_MS);
    const whileKept = await stock.reserve(reserveRequest(1));

    expect(whilePlacing).toMatchObject({ lines: [{ available: 0, tentative: true }] });
    expect(whileKept).toMatchObject({ lines: [{ available: 0, tentative: false }] });
  });

  it("names the hold of an earlier attempt at the same order that has the units", async ({ expect }) => {
    const { stock } = await stockWith(1);
    const first = await held(stock, reserveRequest(1, { holdId: newHold("ORD-ghost") }));

    const second = await stock.reserve(reserveRequest(1, { holdId: newHold("ORD-ghost") }));

    expect(second).toMatchObject({ outcome: "short", lines: [{ ownHolds: [first] }] });
  });
});

describe("an ended hold (O1)", () => {
  it.for(["commit", "release", "cancelHold"] as const)("is never reserved again after %s", async (end, { expect }) => {
    const { productId, stock } = await stockWith(5);
    const request = reserveRequest(2);
    await held(stock, request);
    await stock[end](request.holdId);
    const before = await stock.levels();

    const answer = await stock.reserve(request);

    expect(answer).toEqual({ outcome: "ended" });
    expect(await stock.levels()).toEqual(before);
    expect(await sqlIn(productId, "SELECT * FROM holds")).toEqual([]);
  });

  it("is never reserved again after it expired, however late and after an eviction", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const request = reserveRequest(2);
    await held(stock, request);
    advanceTime(TENTATIVE_MS);
    await runAlarm(productId);
    advanceTime(365 * 24 * 3_600_000);
    await evict(productId);

    const answer = await stock.reserve(request);

    expect(answer).toEqual({ outcome: "ended" });
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("does not include a refused one: the same hold may be retried", async ({ expect }) => {
    const { stock } = await stockWith(1);
    const request = reserveRequest(2);
    await stock.reserve(request);
    await stock.adjust(adjustment("receive", 1));

    const answer = await stock.reserve(request);

    expect(answer).toMatchObject({ outcome: "reserved" });
  });
});
