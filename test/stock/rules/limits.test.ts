import { describe, it } from "vitest";
import { limitAsComponent, type Limits, NO_LIMITS, reachedLimits } from "../../../src/stock/rules/limits.ts";
import type { Level } from "../../../src/stock/rules/levels.ts";

const level = (variantId: string, onHand: number, more: Partial<Level> = {}): Level => {
  return { variantId, warehouseId: "BLR", onHand, reserved: 0, allocated: 0, version: 1, ...more };
};

/** A product with a minimum of 5, and its sizes S and M, of which M has a minimum of 2. */
const LIMITS: Limits = {
  product: [0, 5],
  variants: [
    { variantId: "S", limits: [0] },
    { variantId: "M", limits: [0, 2] },
  ],
  closed: ["OLD"],
};

const reached = (...levels: Level[]) => reachedLimits(LIMITS, levels, "nearest_available");

describe("the limits that a stock has reached", () => {
  it("change where the product, or one of its variants, falls to its minimum or to zero, and where it rises again", ({
    expect,
  }) => {
    expect(reached(level("S", 9), level("M", 3))).toBe("00 0 00");
    expect(reached(level("S", 9), level("M", 2))).toBe("00 0 01");
    expect(reached(level("S", 9), level("M", 0))).toBe("00 0 11");
    expect(reached(level("S", 0), level("M", 6))).toBe("00 1 00");
    expect(reached(level("S", 2), level("M", 3))).toBe("01 0 00");
    expect(reached()).toBe("11 1 11");
  });

  it("count what is reserved or allocated as gone, and leave out archived warehouses and variants", ({ expect }) => {
    expect(reached(level("S", 9), level("M", 9, { reserved: 3, allocated: 4 }))).toBe("00 0 01");
    expect(reached(level("S", 9), level("M", 9, { warehouseId: "OLD" }))).toBe("00 0 11");
    expect(reached(level("S", 1), level("M", 3), level("archived", 9))).toBe("01 0 00");
  });

  it("are of the fullest warehouse where a line is not split", ({ expect }) => {
    const levels = [level("S", 9), level("M", 2), level("M", 2, { warehouseId: "MUM" })];

    expect(reachedLimits(LIMITS, levels, "nearest_available")).toBe("00 0 00");
    expect(reachedLimits(LIMITS, levels, "single")).toBe("00 0 01");
  });

  it("are none of a product that is not on sale", ({ expect }) => {
    expect(reachedLimits(NO_LIMITS, [level("S", 9)], "nearest_available")).toBe(
      reachedLimits(NO_LIMITS, [], "nearest_available"),
    );
  });
});

it.for<[number, number, number]>([
  [0, 1, 0],
  [0, 3, 2],
  [2, 1, 2],
  [2, 3, 8],
])(
  "%i bundles of %i units each are the most with %i units of the component, and not with one more",
  ([bundles, quantity, units], { expect }) => {
    expect(limitAsComponent(bundles, quantity)).toBe(units);
    expect([Math.floor(units / quantity), Math.floor((units + 1) / quantity)]).toEqual([bundles, bundles + 1]);
  },
);
