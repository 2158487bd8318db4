import fc from "fast-check";
import { describe, it } from "vitest";
import { applyMovement, effectOf, type MovementKind, MOVEMENTS } from "../../../src/stock/rules/movement.ts";

const kinds = Object.keys(MOVEMENTS) as MovementKind[];
/** A level with 0 ≤ reserved ≤ on hand. */
const levels = fc.tuple(fc.nat(1_000), fc.nat(1_000)).map(([a, b]) => ({ onHand: Math.max(a, b), reserved: Math.min(a, b) }));
const quantities = fc.integer({ min: -50, max: 50 });

describe("every kind of movement", () => {
  it("is a row of the table, and there are as many as the ledger needs", ({ expect }) => {
    expect(kinds.length).toBeGreaterThanOrEqual(9);
  });

  it.for(kinds)("%s never breaks 0 ≤ reserved ≤ on hand", (kind, { expect }) => {
    const property = fc.property(levels, quantities, (level, quantity) => {
      const after = applyMovement(level, kind, quantity);

      expect(after === undefined || (0 <= after.reserved && after.reserved <= after.onHand)).toBe(true);
    });

    fc.assert(property);
  });

  it.for(kinds)("%s changes a level by exactly its recorded effect", (kind, { expect }) => {
    const property = fc.property(levels, quantities, (level, quantity) => {
      const after = applyMovement(level, kind, quantity);
      const { deltaOnHand, deltaReserved } = effectOf(kind, quantity);

      expect(after ?? "refused").toEqual(
        after ? { onHand: level.onHand + deltaOnHand, reserved: level.reserved + deltaReserved } : "refused",
      );
    });

    fc.assert(property);
  });

  it.for(kinds)("%s is refused only if the level or the quantity forbids it", (kind, { expect }) => {
    const { onHand, reserved, signed } = MOVEMENTS[kind];
    const property = fc.property(levels, quantities, (level, quantity) => {
      const onHandAfter = level.onHand + onHand * quantity;
      const reservedAfter = level.reserved + reserved * quantity;
      const fits = 0 <= reservedAfter && reservedAfter <= onHandAfter && (signed || quantity > 0);

      expect(applyMovement(level, kind, quantity) !== undefined).toBe(fits);
    });

    fc.assert(property);
  });

  it.for(kinds)("%s refuses a quantity that is not a whole number", (kind, { expect }) => {
    const level = { onHand: 9, reserved: 5 };

    const answers = [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map((quantity) => applyMovement(level, kind, quantity));

    expect(answers).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("movements by name", () => {
  const level = { onHand: 10, reserved: 4 };

  it.for<[MovementKind, number, { onHand: number; reserved: number } | undefined]>([
    ["receive", 3, { onHand: 13, reserved: 4 }],
    ["issue", 6, { onHand: 4, reserved: 4 }],
    ["issue", 7, undefined],
    ["damage", 6, { onHand: 4, reserved: 4 }],
    ["damage", 7, undefined],
    ["count", -6, { onHand: 4, reserved: 4 }],
    ["count", -7, undefined],
    ["count", 0, { onHand: 10, reserved: 4 }],
    ["reserve", 6, { onHand: 10, reserved: 10 }],
    ["reserve", 7, undefined],
    ["release", 4, { onHand: 10, reserved: 0 }],
    ["release", 5, undefined],
    ["expire", 4, { onHand: 10, reserved: 0 }],
    ["sale", 4, { onHand: 6, reserved: 0 }],
    ["sale", 5, undefined],
    ["restock", 2, { onHand: 12, reserved: 4 }],
  ])("%s of %i units on 10 with 4 reserved", ([kind, quantity, after], { expect }) => {
    expect(applyMovement(level, kind, quantity)).toEqual(after);
  });

  it("returns no negative zero", ({ expect }) => {
    expect(effectOf("sale", 0)).toEqual({ deltaOnHand: 0, deltaReserved: 0 });
  });
});
