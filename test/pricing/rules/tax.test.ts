import fc from "fast-check";
import { describe, it } from "vitest";
import { rateFor, taxOf } from "../../../src/pricing/rules/tax.ts";

const amount = fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 });
const bps = fc.integer({ min: 0, max: 10_000 });

describe("the tax of an amount", () => {
  it.for([
    // 118.00 with 18 % in it: 118.00 × 1800 / 11800 = 18.00.
    [11_800, 1_800, true, 1_800],
    // 100.00 with 18 % in it: 15.254… → 15.25.
    [10_000, 1_800, true, 1_525],
    // 100.00 and 18 % on it.
    [10_000, 1_800, false, 1_800],
    // 0.05 and 10 % on it: 0.005 → 0.01, and of what goes back as much.
    [5, 1_000, false, 1],
    [-5, 1_000, false, -1],
    // 0.15 with 100 % in it: 0.075 → 0.08.
    [15, 10_000, true, 8],
    [10_000, 0, true, 0],
    [10_000, 0, false, 0],
    [0, 1_800, false, 0],
    // The largest sum: 999,999,999,999,999 × 0.18 = 179,999,999,999,999.82.
    [999_999_999_999_999, 1_800, false, 180_000_000_000_000],
  ] as const)("of %i at %i basis points, included %s, is %i", ([amountMinor, rateBps, isIncluded, tax], { expect }) => {
    expect(taxOf(amountMinor, rateBps, isIncluded)).toBe(tax);
  });

  it("is within half a minor unit of the exact value for every amount, and never negative zero", ({ expect }) => {
    fc.assert(
      fc.property(amount, bps, fc.boolean(), (amountMinor, rateBps, isIncluded) => {
        const tax = taxOf(amountMinor, rateBps, isIncluded);

        const whole = BigInt(isIncluded ? 10_000 + rateBps : 10_000);
        const off = BigInt(tax) * whole - BigInt(amountMinor) * BigInt(rateBps);
        expect((off < 0n ? -off : off) * 2n <= whole).toBe(true);
        expect(Object.is(tax, -0)).toBe(false);
      }),
    );
  });

  it("if included, equals the tax added to the net amount, to the minor unit", ({ expect }) => {
    fc.assert(
      fc.property(amount, bps, (amountMinor, rateBps) => {
        const tax = taxOf(amountMinor, rateBps, true);

        expect(Math.abs(taxOf(amountMinor - tax, rateBps, false) - tax)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("the rate of a category", () => {
  const rates = [
    { country: "IN", category: "", rateBps: 1_800 },
    { country: "IN", category: "Staples", rateBps: 0 },
    { country: "DE", category: "Books", rateBps: 700 },
  ];

  it("is its own in that country, else the country's default, else zero", ({ expect }) => {
    const asked = [
      ["IN", "Staples"],
      ["IN", "Tea"],
      ["IN", null],
      ["DE", "Books"],
      ["DE", "Tea"],
      ["FR", "Staples"],
      ["FR", null],
    ] as const;

    expect(asked.map(([country, category]) => rateFor(rates, country, category))).toEqual([0, 1_800, 1_800, 700, 0, 0, 0]);
    expect(rateFor(rates.toReversed(), "IN", "Staples")).toBe(0);
    expect(rateFor(rates, "IN", "staples")).toBe(1_800);
  });
});
