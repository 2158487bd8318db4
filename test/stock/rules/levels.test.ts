import { describe, it } from "vitest";
import { available, withAllocated } from "../../../src/stock/rules/levels.ts";

describe("what is available of a level", () => {
  it("is what stands there, without what is reserved and what is allocated", ({ expect }) => {
    expect(available({ onHand: 10, reserved: 4, allocated: 3 })).toBe(3);
  });
});

describe("levels of a release before 0.4.0", () => {
  it("have nothing allocated, and those of today keep what they say", ({ expect }) => {
    const levels = withAllocated([
      { warehouseId: "BLR", onHand: 10, reserved: 4 },
      { warehouseId: "MUM", onHand: 10, reserved: 4, allocated: 3 },
    ]);

    expect(levels).toEqual([
      { warehouseId: "BLR", onHand: 10, reserved: 4, allocated: 0 },
      { warehouseId: "MUM", onHand: 10, reserved: 4, allocated: 3 },
    ]);
    expect(levels.map(available)).toEqual([6, 3]);
  });
});
