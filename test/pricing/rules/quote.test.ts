import fc from "fast-check";
import { describe, it } from "vitest";
import { lineTotal, totalsOf } from "../../../src/pricing/rules/quote.ts";

/** The largest price (rules/money.ts), the most units of a line and the most lines. */
const [MAX_PRICE_MINOR, MAX_QUANTITY, MAX_LINES] = [1_000_000_000_000, 10_000, 100];

const lines = fc.array(
  fc.record({
    unitPriceMinor: fc.integer({ min: 0, max: MAX_PRICE_MINOR }),
    quantity: fc.integer({ min: 1, max: MAX_QUANTITY }),
  }),
  { maxLength: MAX_LINES },
);

describe("the sums of an order", () => {
  it("equal those of big integers, or are refused if inexact, for every order within the limits", ({ expect }) => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: MAX_PRICE_MINOR }), (priced, deliveryCostMinor) => {
        const exact = priced.reduce((sum, line) => sum + BigInt(line.unitPriceMinor) * BigInt(line.quantity), 0n);

        const totals = totalsOf(priced, deliveryCostMinor);

        const isExact = exact + BigInt(deliveryCostMinor) <= 999_999_999_999_999n;
        expect(totals && [BigInt(totals.subtotalMinor), BigInt(totals.totalMinor)]).toEqual(
          isExact ? [exact, exact + BigInt(deliveryCostMinor)] : undefined,
        );
      }),
    );
  });

  it("are the sums of the lines and the delivery", ({ expect }) => {
    const priced = [
      { unitPriceMinor: 15_000, quantity: 2 },
      { unitPriceMinor: 10, quantity: 3 },
    ];

    expect(priced.map(lineTotal)).toEqual([30_000, 30]);
    expect(totalsOf(priced, 4_900)).toEqual({ subtotalMinor: 30_030, deliveryCostMinor: 4_900, totalMinor: 34_930 });
    expect(totalsOf([], 0)).toEqual({ subtotalMinor: 0, deliveryCostMinor: 0, totalMinor: 0 });
  });

  it("are refused for the largest order of the dearest product, and exact for the largest sum", ({ expect }) => {
    const dearest = Array.from({ length: MAX_LINES }, () => ({ unitPriceMinor: MAX_PRICE_MINOR, quantity: MAX_QUANTITY }));

    expect(totalsOf(dearest, 0)).toBeUndefined();
    expect(totalsOf([{ unitPriceMinor: 999_999_999_999, quantity: 1_000 }], 999)?.totalMinor).toBe(999_999_999_999_999);
    expect(totalsOf([{ unitPriceMinor: 999_999_999_999, quantity: 1_000 }], 1_000)).toBeUndefined();
  });
});
