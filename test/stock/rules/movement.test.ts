import fc from "fast-check";
import { describe, it } from "vitest";
import { applyMovement, effectOf, type MovementKind, MOVEMENTS } from "../../../src/stock/rules/movement.ts";

const kinds = Object.keys(MOVEMENTS) as MovementKind[];
/** A level within its bounds. */
const levels = fc
  .tuple(fc.nat(500), fc.nat(500), fc.nat(500))
  .map(([free, reserved, allocated]) => ({ onHand: free + reserved + allocated, reserved, allocated }));
const quantities = fc.integer({ min: -50, max: 50 });

describe("every kind of movement", () => {
  it("is a row of the table, and there are as many as the ledger needs", ({ expect }) => {
    expect(kinds.length).toBeGreaterThanOrEqual(9);
  });

  it.for(kinds)("%s never breaks 0 ≤ reserved, 0 ≤ allocated, reserved + allocated ≤ on hand", (kind, { expect }) => {
    const property = fc.property(levels, quantities, (level, quantity) => {
      const after = applyMovement(level, kind, quantity);

      expect(
        after === undefined || (0 <= after.reserved && 0 <= after.allocated && after.reserved + after.allocated <= after.onHand),
      ).toBe(true);
    });

    fc.assert(property);
  });

  it.for(kinds)("%s changes a level by exactly its recorded effect", (kind, { expect }) => {
    const property = fc.property(levels, quantities, (level, quantity) => {
      const after = applyMovement(level, kind, quantity);
      const { deltaOnHand, deltaReserved, deltaAllocated } = effectOf(kind, quantity);

      expect(after ?? "refused").toEqual(
        after
          ? {
              onHand: level.onHand + deltaOnHand,
              reserved: level.reserved + deltaReserved,
              allocated: level.allocated + deltaAllocated,
            }
          : "refused",
      );
    });

    fc.assert(property);
  });

  it.for(kinds)("%s is refused only if the level or the quantity forbids it", (kind, { expect }) => {
    const { onHand, reserved, allocated, signed } = MOVEMENTS[kind];
    const property = fc.property(levels, quantities, (level, quantity) => {
      const onHandAfter = level.onHand + onHand * quantity;
      const reservedAfter = level.reserved + reserved * quantity;
      const allocatedAfter = level.allocated + allocated * quantity;
      const isWithin = 0 <= reservedAfter && 0 <= allocatedAfter && reservedAfter + allocatedAfter <= onHandAfter;
      const fits = isWithin && (signed || quantity > 0);

      expect(applyMovement(level, kind, quantity) !== undefined).toBe(fits);
    });

    fc.assert(property);
  });

  it.for(kinds)("%s refuses a quantity that is not a whole number", (kind, { expect }) => {
    const level = { onHand: 9, reserved: 3, allocated: 2 };

    const answers = [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map((quantity) => applyMovement(level, kind, quantity));

    expect(answers).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("movements by name", () => {
  const level = { onHand: 10, reserved: 4, allocated: 3 };

  it.for<[MovementKind, number, [onHand: number, reserved: number, allocated: number] | undefined]>([
    ["receive", 3, [13, 4, 3]],
    ["issue", 3, [7, 4, 3]],
    ["issue", 4, undefined],
    ["damage", 3, [7, 4, 3]],
    ["damage", 4, undefined],
    ["transfer_out", 3, [7, 4, 3]],
    ["transfer_out", 4, undefined],
    ["count", -3, [7, 4, 3]],
    ["count", -4, undefined],
    ["count", 0, [10, 4, 3]],
    ["reserve", 3, [10, 7, 3]],
    ["reserve", 4, undefined],
    ["release", 4, [10, 0, 3]],
    ["release", 5, undefined],
    ["expire", 4, [10, 0, 3]],
    ["allocate", 4, [10, 0, 7]],
    ["allocate", 5, undefined],
    ["deallocate", 3, [10, 4, 0]],
    ["deallocate", 4, undefined],
    ["ship", 3, [7, 4, 0]],
    ["ship", 4, undefined],
    ["sale", 3, [7, 1, 3]],
    ["restock", 2, [12, 4, 3]],
  ])("%s of %i units on 10 with 4 reserved and 3 allocated", ([kind, quantity, after], { expect }) => {
    const units = applyMovement(level, kind, quantity);
    expect(units && [units.onHand, units.reserved, units.allocated]).toEqual(after);
  });

  it("returns no negative zero", ({ expect }) => {
    expect(effectOf("sale", 0)).toEqual({ deltaOnHand: 0, deltaReserved: 0, deltaAllocated: 0 });
  });
});
