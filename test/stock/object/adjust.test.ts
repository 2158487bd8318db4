import { beforeEach, describe, it } from "vitest";
import {
  adjustment,
  evict,
  held,
  movementsOf,
  stockWith,
  advanceTime,
  sqlIn,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
} from "../../support/stock/stock.ts";

const DAY_MS = 24 * 60 * 60_000;

beforeEach(stopTime);

describe("a manual adjustment", () => {
  it.for([
    ["receive", 3, 13],
    ["issue", 3, 7],
    ["damage", 3, 7],
    ["count", 3, 3],
    ["count", 12, 12],
    ["count", 10, 10],
    ["count", 0, 0],
    ["issue", 10, 0],
  ] as const)("%s of %i on 10 leaves %i on hand", async ([kind, quantity, after], { expect }) => {
    const { stock } = await stockWith(10);

    const answer = await stock.adjust(adjustment(kind, quantity));

    expect(answer).toMatchObject({
      outcome: "moved",
      replayed: false,
      movement: { kind, onHandAfter: after, deltaOnHand: after - 10 },
    });
    expect(await unitsOf(stock)).toEqual([after, 0]);
  });

  it.for([
    ["count", 8],
    ["damage", 2],
  ] as const)("%s of %i moves only what was expected on hand", async ([kind, quantity], { expect }) => {
    const { productId, stock } = await stockWith(10);
    const outdated = adjustment(kind, quantity, { expectedOnHand: 9 });
    const current = adjustment(kind, quantity, { expectedOnHand: 10 });

    const refused = await stock.adjust(outdated);
    const moved = await stock.adjust(current);
    const repeated = await stock.adjust(current);

    expect(refused).toEqual({ outcome: "not_as_expected", onHand: 10, replayed: false });
    expect(moved).toMatchObject({ outcome: "moved", replayed: false });
    expect(repeated).toEqual({ ...moved, replayed: true });
    expect(await unitsOf(stock)).toEqual([8, 0]);
    expect(await movementsOf(productId, current.referenceId)).toEqual([`${kind} 2`]);
  });

  it("of a variant without stock starts from 0 on hand", async ({ expect }) => {
    const { stock } = await stockWith(10);

    const answer = await stock.adjust(adjustment("count", 3, { warehouseId: "MUM", expectedOnHand: 0 }));

    expect(answer).toMatchObject({ outcome: "moved", movement: { onHandAfter: 3 } });
  });

  it("stays refused for a week: a late retry moves nothing", async ({ expect }) => {
    const { productId, stock } = await stockWith(2);
    const request = adjustment("issue", 3);
    const refused = await stock.adjust(request);
    await stock.adjust(adjustment("receive", 1));

    const answers = [await stock.adjust(request), await stock.adjust({ ...request, requestHash: "another body" })];

    expect(answers).toEqual([{ ...refused, replayed: true }, { outcome: "reference_reused" }]);
    expect(await unitsOf(stock)).toEqual([3, 0]);
    advanceTime(8 * DAY_MS);
    await stock.adjust(adjustment("issue", 4));
    expect(await sqlIn(productId, "SELECT reference_id FROM adjustments_refused")).toHaveLength(1);
  });

  it("records who, why and the client's own reference in its movement", async ({ expect }) => {
    const { stock } = await stockWith(1);
    const words = { actor: "user:7", reason: "broken", externalReference: "PO-1", referenceId: "own-words" };

    const answer = await stock.adjust(adjustment("damage", 1, words));

    expect(answer).toEqual({
      outcome: "moved",
      replayed: false,
      movement: {
        ...words,
        requestId: null,
        seq: 2,
        kind: "damage",
        variantId: "v",
        warehouseId: "BLR",
        deltaOnHand: -1,
        deltaReserved: 0,
        deltaAllocated: 0,
        onHandAfter: 0,
        reservedAfter: 0,
        allocatedAfter: 0,
        referenceType: "adjustment",
        atMs: Date.now(),
      },
    });
  });
});

describe("a repeated manual adjustment (O8)", () => {
  it("changes nothing, however late, and returns the first movement", async ({ expect }) => {
    const { productId, stock } = await stockWith(10);
    const request = adjustment("receive", 5);
    const first = await stock.adjust(request);
    await stock.adjust(adjustment("count", 3));
    advanceTime(1_000 * TENTATIVE_MS);
    await evict(productId);

    const again = await stock.adjust(request);

    expect(again).toEqual({ ...first, replayed: true });
    expect(await unitsOf(stock)).toEqual([3, 0]);
  });

  it("is applied once when it arrives twice at the same time", async ({ expect }) => {
    const { stock } = await stockWith(10);
    const request = adjustment("receive", 5);

    const answers = await Promise.all([stock.adjust(request), stock.adjust(request)]);

    expect(answers.map((answer) => answer.outcome === "moved" && answer.replayed)).toEqual([false, true]);
    expect(await unitsOf(stock)).toEqual([15, 0]);
  });

  it("is refused when another request used its reference", async ({ expect }) => {
    const { stock } = await stockWith(10);
    const request = adjustment("receive", 5, { requestHash: "one" });
    await stock.adjust(request);

    const other = await stock.adjust({ ...request, quantity: 6, requestHash: "other" });
    const elsewhere = await stock.adjust({ ...request, warehouseId: "MUM", requestHash: "elsewhere" });

    expect([other, elsewhere]).toEqual([{ outcome: "reference_reused" }, { outcome: "reference_reused" }]);
    expect(await stock.levels()).toMatchObject([{ warehouseId: "BLR", onHand: 15 }]);
  });

  it("is refused when its reference is the id of a hold", async ({ expect }) => {
    const { stock } = await stockWith(10);
    const holdId = await held(stock);

    const answer = await stock.adjust(adjustment("receive", 5, { referenceId: holdId }));

    expect(answer).toEqual({ outcome: "reference_reused" });
  });

  it("under a new reference is a new adjustment, even with the same client reference", async ({ expect }) => {
    const { productId, stock } = await stockWith(1);

    await stock.adjust(adjustment("receive", 5, { externalReference: "PO-1" }));
    await stock.adjust(adjustment("receive", 5, { externalReference: "PO-1" }));

    expect(await unitsOf(stock)).toEqual([11, 0]);
    expect(await sqlIn(productId, "SELECT seq FROM movements WHERE external_reference = 'PO-1'")).toHaveLength(2);
  });
});
