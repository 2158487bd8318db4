import { describe, it } from "vitest";
import type { Level } from "../../../src/stock/rules/levels.ts";
import type { ReserveRequest } from "../../../src/stock/rules/messages.ts";
import {
  decideReserve,
  isWorthWaiting,
  ownerOf,
  shortBehindWaiters,
  type TentativeRow,
} from "../../../src/stock/rules/reserve.ts";

const LINES = [
  { variantId: "cup", quantity: 2 },
  { variantId: "bowl", quantity: 3 },
];

function request(more: Partial<ReserveRequest> = {}): ReserveRequest {
  return { holdId: "ORD1.b", lines: LINES, ranking: ["BLR", "MUM"], policy: "nearest_available", waitMs: 0, ...more };
}

function level(variantId: string, warehouseId: string, onHand: number, reserved = 0): Level {
  return { variantId, warehouseId, onHand: onHand + 1, reserved, allocated: 1, version: 1 };
}

function standing(holdId: string, variantId: string, quantity: number, warehouseId = "BLR"): TentativeRow {
  return { holdId, variantId, warehouseId, quantity };
}

/** The short lines of a decision; fails the test if there are none. */
function shortOf(levels: Level[], tentative: TentativeRow[] = [], more: Partial<ReserveRequest> = {}) {
  const decision = decideReserve(request(more), levels, () => tentative);
  if (!("short" in decision)) throw new Error("nothing was short");
  return decision.short;
}

describe("decideReserve", () => {
  it("allocates every line", ({ expect }) => {
    const decision = decideReserve(
      request(),
      [level("cup", "BLR", 9), level("bowl", "BLR", 1), level("bowl", "MUM", 2)],
      () => [],
    );

    expect(decision).toEqual({
      allocations: [
        { variantId: "cup", warehouseId: "BLR", quantity: 2 },
        { variantId: "bowl", warehouseId: "BLR", quantity: 1 },
        { variantId: "bowl", warehouseId: "MUM", quantity: 2 },
      ],
    });
  });

  it("allocates no line if one is short, and names only that one", ({ expect }) => {
    const short = shortOf([level("cup", "BLR", 9), level("bowl", "BLR", 2)]);

    expect(short).toEqual([{ variantId: "bowl", quantity: 3, available: 2, tentative: false, isBehind: false, ownHolds: [] }]);
  });

  it("counts reserved units as unavailable", ({ expect }) => {
    const short = shortOf([level("cup", "BLR", 9, 8), level("bowl", "BLR", 3, 3)]);

    expect(short.map(({ variantId, available }) => [variantId, available])).toEqual([
      ["cup", 1],
      ["bowl", 0],
    ]);
  });

  it("reads the tentative rows only when a line is short", ({ expect }) => {
    const decide = () =>
      decideReserve(request(), [level("cup", "BLR", 9), level("bowl", "BLR", 9)], () => {
        throw new Error("they were read");
      });

    expect(decide).not.toThrow();
  });

  it("calls a shortage tentative if the line would fit once every order being placed released its units", ({ expect }) => {
    const levels = [level("cup", "BLR", 9), level("bowl", "BLR", 3, 3)];

    const enough = shortOf(levels, [standing("ORD2.a", "bowl", 2), standing("ORD3.a", "bowl", 1)]);
    const tooFew = shortOf(levels, [standing("ORD2.a", "bowl", 2)]);

    expect([enough[0]?.tentative, tooFew[0]?.tentative]).toEqual([true, false]);
  });

  it("decides what is tentative by the policy and ranking of the request", ({ expect }) => {
    const levels = [level("cup", "BLR", 9), level("bowl", "BLR", 2, 2), level("bowl", "MUM", 1, 1), level("bowl", "DEL", 5, 5)];
    const tentative = [standing("ORD2.a", "bowl", 2), standing("ORD2.a", "bowl", 1, "MUM"), standing("ORD3.a", "bowl", 5, "DEL")];

    const answers = (["nearest_available", "single", "nearest"] as const).map((policy) => shortOf(levels, tentative, { policy }));

    expect(answers.map((short) => short[0]?.tentative)).toEqual([true, false, false]);
  });

  it("names the holds of earlier attempts at the same order, each once, and no one else's", ({ expect }) => {
    const tentative = [
      standing("ORD1.a", "bowl", 1),
      standing("ORD1.a", "bowl", 1, "MUM"),
      standing("ORD1.c", "bowl", 1),
      standing("ORD1.d", "cup", 1),
      standing("ORD10.a", "bowl", 1),
    ];

    const short = shortOf([level("cup", "BLR", 9), level("bowl", "BLR", 3, 3)], tentative);

    expect(short[0]?.ownHolds).toEqual(["ORD1.a", "ORD1.c"]);
  });
});

describe("isWorthWaiting", () => {
  const short = { variantId: "cup", quantity: 2, available: 0, tentative: true, isBehind: false, ownHolds: [] };

  it("is true while every short line may still become available", ({ expect }) => {
    expect(isWorthWaiting({ outcome: "short", lines: [short, short] })).toBe(true);
  });

  it("is false if one line stays short in any case", ({ expect }) => {
    expect(isWorthWaiting({ outcome: "short", lines: [short, { ...short, tentative: false }] })).toBe(false);
  });

  it("is false if an earlier attempt at the same order has the units, which D1 must end", ({ expect }) => {
    expect(isWorthWaiting({ outcome: "short", lines: [{ ...short, ownHolds: ["ORD1.a"] }] })).toBe(false);
  });

  it("is false for a decided answer", ({ expect }) => {
    expect(isWorthWaiting({ outcome: "ended" })).toBe(false);
    expect(isWorthWaiting({ outcome: "reserved", allocations: [], levels: [] })).toBe(false);
  });

  it("is true for a request behind others", ({ expect }) => {
    expect(isWorthWaiting(shortBehindWaiters(request(), []))).toBe(true);
  });
});

describe("ownerOf", () => {
  it("is the order's id, which may have points itself", ({ expect }) => {
    expect([ownerOf("ORD1.a"), ownerOf("493.857.51.a")]).toEqual(["ORD1", "493.857.51"]);
  });
});
