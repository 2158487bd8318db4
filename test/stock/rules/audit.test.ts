import { describe, it } from "vitest";
import { ledgerDifferences, type ProjectedStock, projectionDifferences } from "../../../src/stock/rules/audit.ts";
import type { StockReport, TrackedLevel } from "../../../src/stock/rules/messages.ts";

const level = (more: Partial<TrackedLevel> = {}): TrackedLevel => ({
  variantId: "v",
  warehouseId: "BLR",
  onHand: 5,
  reserved: 2,
  allocated: 1,
  version: 4,
  flushedVersion: 4,
  ...more,
});

/** An object with everything flushed. */
const report = (more: Partial<StockReport> = {}): StockReport => ({
  differences: [],
  levels: [level()],
  told: {
    upToSeq: 9,
    count: 3,
    units: 5,
  },
  newestSeq: 8,
  owesFlush: false,
  ...more,
});

/** D1 as that object flushed it. */
const projected = (more: Partial<ProjectedStock> = {}): ProjectedStock => ({
  productId: "p",
  levels: [level()],
  told: {
    count: 3,
    units: 5,
  },
  newestSeq: 8,
  sums: {
    onHand: 5,
    reserved: 2,
    allocated: 1,
  },
  ...more,
});

const found = (before: StockReport, d1: ProjectedStock, after = before) =>
  projectionDifferences(before, d1, after).map(({ what, expected, found: is }) => [what, expected, is]);

describe("a wrong projection is found", () => {
  it.for([
    ["a level that is gone", { levels: [] }, [["version", 4, null]]],
    ["a level older than the flushed one", { levels: [level({ version: 3 })] }, [["version", 4, 3]]],
    ["a level newer than there is", { levels: [level({ version: 5 })] }, [["version", 4, 5]]],
    ["a level of another place", { levels: [level(), level({ warehouseId: "MUM", version: 1 })] }, [["version", 0, 1]]],
    [
      "other units under the same version",
      { levels: [level({ onHand: 6, reserved: 3, allocated: 0 })] },
      [
        ["on_hand", 5, 6],
        ["reserved", 2, 3],
        ["allocated", 1, 0],
      ],
    ],
    ["a movement that is gone", { told: { count: 2, units: 5 } }, [["movements", 3, 2]]],
    ["a movement of other units", { told: { count: 3, units: 4 } }, [["moved_units", 5, 4]]],
    ["a movement newer than there is", { newestSeq: 10 }, [["newest_movement", 8, 10]]],
    ["no sums", { sums: null }, [["product_row", 1, null]]],
    [
      "other sums",
      { sums: { onHand: 6, reserved: 1, allocated: 0 } },
      [
        ["product_on_hand", 5, 6],
        ["product_reserved", 2, 1],
        ["product_allocated", 1, 0],
      ],
    ],
  ] as const)("for %s", ([, more, expected], { expect }) => {
    expect(found(report(), projected(more as Partial<ProjectedStock>))).toEqual(expected);
  });
});

it("a projection with units of a product that never had stock is wrong", ({ expect }) => {
  const never = report({ levels: [] });

  expect(found(never, projected({ levels: [], sums: { onHand: 1, reserved: 0, allocated: 0 } }))).toEqual([
    ["product_on_hand", 0, 1],
  ]);
});

describe("a projection is not reported as wrong", () => {
  const newer = level({ onHand: 4, version: 5 });

  it.for([
    ["where it is what its object says", report(), projected(), report()],
    [
      "before anything was flushed",
      report({ levels: [level({ flushedVersion: 0 })], owesFlush: true }),
      projected({ levels: [] }),
    ],
    ["for a level that is about to be flushed", report({ levels: [level({ version: 6 })], owesFlush: true }), projected()],
    ["for sums while a hold is under way", report({ levels: [level({ flushedVersion: 3 })] }), projected({ sums: null })],
    ["for sums that are about to be flushed", report({ owesFlush: true }), projected({ sums: null })],
    [
      "for levels that an order's batch wrote after the first report",
      report(),
      projected({ levels: [newer] }),
      report({ levels: [{ ...newer, flushedVersion: 4 }], owesFlush: true }),
    ],
    [
      "for a version between the two looks",
      report(),
      projected({ levels: [level({ version: 5, onHand: 1 })] }),
      report({ levels: [level({ version: 9 })] }),
    ],
    ["for movements after the first report", report(), projected({ newestSeq: 11 }), report({ newestSeq: 12 })],
    [
      "for sums that were updated after the first report",
      report(),
      projected({ levels: [newer], sums: { onHand: 4, reserved: 2, allocated: 1 } }),
      report({ levels: [{ ...newer, flushedVersion: 5 }] }),
    ],
    [
      "for a product that was never stocked, though lists have a row of it",
      report({ levels: [] }),
      projected({ levels: [], sums: { onHand: 0, reserved: 0, allocated: 0 } }),
    ],
    ["for a product that was never stocked", report({ levels: [] }), projected({ levels: [], sums: null })],
  ] as [string, StockReport, ProjectedStock, StockReport?][])("%s", ([, before, d1, after], { expect }) => {
    expect(found(before, d1, after)).toEqual([]);
  });
});

it("reports differences in an object with the ledger's figure as the expected one", ({ expect }) => {
  const differences = [{ what: "on_hand", variantId: "v", warehouseId: "BLR", level: 6, recomputed: 5 } as const];

  expect(ledgerDifferences("p", report({ differences }))).toEqual([
    { productId: "p", where: "ledger", what: "on_hand", variantId: "v", warehouseId: "BLR", expected: 5, found: 6 },
  ]);
});
