import fc from "fast-check";
import { describe, it } from "vitest";
import type { CartItem } from "../../../src/carts/rules/cart.ts";
import {
  reservationRequests,
  reservationExtensions,
  settleItems,
  reservedSince,
  type ReservationTerms,
  reservableUntil,
} from "../../../src/carts/rules/reservation.ts";

const MINUTE_MS = 60_000;
const NOW_MS = 1_000 * MINUTE_MS;
const terms: ReservationTerms = { nowMs: NOW_MS, reservationMs: 15 * MINUTE_MS, reservationMaxMs: 60 * MINUTE_MS };

/** Products that refused an edit, and those that did not do it otherwise. */
function lacking(refused: string[] = [], silent: string[] = []) {
  return { refused: new Set(refused), notSet: new Set([...refused, ...silent]) };
}

/** A line that is reserved for ten minutes more, of the edit before the last. */
function item(variantId: string, more: Partial<CartItem> = {}): CartItem {
  return {
    variantId,
    lineNo: 1,
    productId: variantId,
    quantity: 1,
    editNo: 1,
    needs: [{ productId: variantId, variantId, quantity: 1 }],
    promoCode: null,
    tier: null,
    unitPriceMinor: 100,
    discounts: [],
    isClosed: false,
    reservedUntilMs: NOW_MS + 10 * MINUTE_MS,
    reservedSinceMs: NOW_MS - 5 * MINUTE_MS,
    ...more,
  };
}

const held = (...units: [string, number, number][]) =>
  new Map(
    units.map(([variantId, quantity, minutes]) => [variantId, { variantId, quantity, untilMs: NOW_MS + minutes * MINUTE_MS }]),
  );

describe("since when a line has its units", () => {
  it("is since before where there was no gap, else from now on", ({ expect }) => {
    const startMs = NOW_MS - 5 * MINUTE_MS;

    expect(reservedSince(undefined, terms)).toBe(NOW_MS);
    expect(reservedSince(item("v"), terms)).toBe(startMs);
    expect(reservedSince(item("v", { reservedUntilMs: NOW_MS }), terms)).toBe(NOW_MS);
    expect(reservedSince(item("v", { reservedUntilMs: null, reservedSinceMs: null }), terms)).toBe(NOW_MS);
  });

  it("counts on where no answer is known, as long as any may have had units", ({ expect }) => {
    const unanswered = (minutes: number) => item("v", { reservedUntilMs: null, reservedSinceMs: NOW_MS - minutes * MINUTE_MS });

    expect(reservedSince(unanswered(59), terms)).toBe(NOW_MS - 59 * MINUTE_MS);
    expect(reservedSince(unanswered(60), terms)).toBe(NOW_MS);
  });
});

describe("what objects are asked for", () => {
  it("is all that the cart is to have of a variant, whichever lines need it, as long as the longest may", ({ expect }) => {
    const rice = item("rice", { quantity: 3, needs: [{ productId: "rice", variantId: "rice", quantity: 3 }] });
    const meal = item("meal", { quantity: 2, needs: [{ productId: "rice", variantId: "rice", quantity: 4 }] });
    const late = { ...rice, reservedSinceMs: NOW_MS - 50 * MINUTE_MS };

    const asks = reservationRequests([late, meal], meal.needs, terms);

    expect(asks).toEqual([
      { productId: "rice", lines: [{ variantId: "rice", quantity: 7, least: 3 }], untilMs: NOW_MS + 15 * MINUTE_MS },
    ]);
  });

  it("is nothing for lines that could not be reserved, and of a variant that no line needs any more", ({ expect }) => {
    const given = item("rice", { reservedUntilMs: null, reservedSinceMs: null });

    expect(reservationRequests([given], given.needs, terms)).toMatchObject([{ lines: [{ quantity: 0, least: 0 }] }]);
    expect(reservationRequests([], given.needs, terms)).toMatchObject([{ lines: [{ quantity: 0 }], untilMs: NOW_MS }]);
  });

  it("extends only other lines that are reserved and may have their units longer", ({ expect }) => {
    const lines = [
      item("edited", { editNo: 2 }),
      item("longer"),
      item("full", { reservedUntilMs: NOW_MS + 15 * MINUTE_MS }),
      item("capped", { reservedUntilMs: NOW_MS + MINUTE_MS, reservedSinceMs: NOW_MS - 59 * MINUTE_MS }),
      item("idle", { reservedUntilMs: null }),
    ];

    expect(reservationExtensions(lines, 2, terms)).toEqual([{ productId: "longer", untilMs: NOW_MS + 15 * MINUTE_MS }]);
  });
});

describe("what the answers make of lines", () => {
  it("is reserved where every unit is, until the first of them lapses", ({ expect }) => {
    const needs = ["rice", "dal"].map((id) => ({ productId: id, variantId: id, quantity: 2 }));
    const meal = item("meal", { editNo: 2, needs, reservedUntilMs: null });

    const settled = settleItems([meal], 2, held(["rice", 2, 9], ["dal", 5, 14]), lacking(), terms);

    expect(settled).toMatchObject([{ variantId: "meal", untilMs: NOW_MS + 9 * MINUTE_MS, sinceMs: meal.reservedSinceMs }]);
  });

  it("is given up where a product refused, and open where it only did not answer", ({ expect }) => {
    const line = item("rice", {
      editNo: 2,
      reservedUntilMs: null,
      needs: [{ productId: "rice", variantId: "rice", quantity: 2 }],
    });

    const refused = settleItems([line], 2, held(["rice", 1, 9]), lacking(["rice"]), terms);
    const silent = settleItems([line], 2, held(), lacking(), terms);

    expect([refused, silent]).toEqual([[{ variantId: "rice", editNo: 2, untilMs: null, sinceMs: null }], []]);
  });

  it("is not of units that the cart has for another line, where the edit got none of its product", ({ expect }) => {
    const needs = [{ productId: "dal", variantId: "dal", quantity: 1 }];
    const [other, line] = [item("thali", { needs }), item("feast", { editNo: 2, reservedUntilMs: null, needs })];
    const told = held(["dal", 1, 14]);

    const refused = settleItems([other, line], 2, told, lacking(["dal"]), terms);
    const silent = settleItems([other, line], 2, told, lacking([], ["dal"]), terms);

    const extended = { variantId: "thali", editNo: 1, untilMs: NOW_MS + 14 * MINUTE_MS, sinceMs: other.reservedSinceMs };
    expect(refused).toEqual([extended, { variantId: "feast", editNo: 2, untilMs: null, sinceMs: null }]);
    expect(silent).toEqual([extended]);
  });

  it("stays nothing for a line that asked for nothing, though what the others asked is reserved", ({ expect }) => {
    const needs = [{ productId: "dal", variantId: "dal", quantity: 1 }];
    const line = item("thali", { editNo: 2, reservedUntilMs: null, reservedSinceMs: null, needs });

    expect(settleItems([line], 2, held(["dal", 4, 14]), lacking(), terms)).toEqual([]);
  });

  it("never is longer than a line may have its units, nor shorter for another line than it was", ({ expect }) => {
    const minutes = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(minutes, minutes, minutes, (since, until, answered) => {
        const line = item("v", { reservedSinceMs: NOW_MS - since * MINUTE_MS, reservedUntilMs: NOW_MS + until * MINUTE_MS });
        const [other] = settleItems([line], 2, held(["v", 1, answered]), lacking(), terms);
        const [own] = settleItems([{ ...line, editNo: 2, reservedUntilMs: null }], 2, held(["v", 1, answered]), lacking(), terms);

        expect(own?.untilMs).toBeLessThanOrEqual(reservableUntil(line, terms));
        if (other) expect(other.untilMs).toBeGreaterThan(Number(line.reservedUntilMs));
      }),
    );
  });
});
