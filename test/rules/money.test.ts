import fc from "fast-check";
import { describe, it } from "vitest";
import { MAX_SUM_MINOR, quotient, shareOf, toMajor, toMinor } from "../../src/rules/money.ts";

/** The largest price: its sum over the most units of one order is still exact. */
const MAX_MINOR = 1_000_000_000_000;

const decimals = fc.integer({ min: 0, max: 4 });
const minor = fc.integer({ min: -MAX_MINOR, max: MAX_MINOR });

describe("money", () => {
  it("converts to major units and back exactly, for every amount and currency", ({ expect }) => {
    fc.assert(
      fc.property(minor, decimals, (amount, places) => {
        expect(toMinor(toMajor(amount, places), places)).toBe(amount);
      }),
    );
  });

  it("is parsed by its digits, without floating point", ({ expect }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 49_999_999 }), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const written = `${whole}.${String(cents).padStart(2, "0")}`;
        expect(toMinor(JSON.parse(written) as number, 2)).toBe(whole * 100 + cents);
      }),
    );
  });

  it("is refused with more decimals than the currency", ({ expect }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 9 }), decimals, (whole, last, places) => {
        expect(toMinor(Number(`${whole}.${"0".repeat(places)}${last}`), places)).toBeUndefined();
      }),
    );
  });

  it("is exact where floating point is not", ({ expect }) => {
    expect([0.1, 0.2, 0.07, 1.1, 4.35, 8.41, 1.005 * 1_000].map((amount) => toMinor(amount, 2))).toEqual([
      10,
      20,
      7,
      110,
      435,
      841,
      undefined,
    ]);
    expect(toMajor(30, 2)).toBe(0.3);
    expect(JSON.stringify(toMajor(4_999_999_999, 2))).toBe("49999999.99");
  });

  it("handles currencies with other decimals", ({ expect }) => {
    expect([toMinor(150, 0), toMinor(150.5, 0), toMinor(1.234, 3), toMinor(1.2345, 3)]).toEqual([
      150,
      undefined,
      1_234,
      undefined,
    ]);
    expect([toMajor(150, 0), toMajor(1_234, 3)]).toEqual([150, 1.234]);
  });

  it("is refused if it is not an amount, or too large for exact sums", ({ expect }) => {
    const odd = [Number.NaN, Infinity, -Infinity, 1e21, 1e-7, 1e13, MAX_MINOR / 100 + 0.01];

    expect(odd.map((amount) => toMinor(amount, 2))).toEqual(odd.map(() => undefined));
    expect(toMinor(MAX_MINOR / 100, 2)).toBe(MAX_MINOR);
  });

  it("shows every possible sum of an order with exact digits", ({ expect }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), fc.integer({ min: 0, max: 4 }), (sum, places) => {
        expect(Number(toMajor(sum, places).toFixed(places).replace(".", ""))).toBe(sum);
        expect((String(toMajor(sum, places)).split(".")[1] ?? "").length).toBeLessThanOrEqual(places);
      }),
    );
  });

  it("parses every sum that it shows, and none beyond", ({ expect }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_SUM_MINOR }), decimals, (sum, places) => {
        expect(toMinor(toMajor(sum, places), places, MAX_SUM_MINOR)).toBe(sum);
      }),
    );
    expect(toMinor(MAX_SUM_MINOR + 1, 0, MAX_SUM_MINOR)).toBeUndefined();
  });

  it("has no negative zero", ({ expect }) => {
    expect(Object.is(toMinor(-0, 2), 0)).toBe(true);
  });
});

describe("a share of an amount", () => {
  it("is rounded half away from zero, on both sides of it", ({ expect }) => {
    const amounts = [5, 4, -5, -4, 15, 0];

    // 10 % of each: 0.5, 0.4, -0.5, -0.4, 1.5, 0.
    expect(amounts.map((amount) => shareOf(amount, 1_000))).toEqual([1, 0, -1, 0, 2, 0]);
    expect([shareOf(-4, 1_000), shareOf(0, 1_000)].every((share) => Object.is(share, 0))).toBe(true);
  });

  it("is exact for the largest sums, where floating point is not", ({ expect }) => {
    // 999,999,999,999,999 × 0.3333 = 333,299,999,999,999.6667; × 0.9999 = 999,899,999,999,999.0001.
    expect(shareOf(999_999_999_999_999, 3_333)).toBe(333_300_000_000_000);
    expect(shareOf(999_999_999_999_999, 9_999)).toBe(999_899_999_999_999);
    expect(shareOf(999_999_999_999_999, 10_000)).toBe(999_999_999_999_999);
  });

  it("is within half a unit of the exact value", ({ expect }) => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
        (dividend, divisor) => {
          const off = BigInt(quotient(dividend, divisor)) * divisor - dividend;

          expect((off < 0n ? -off : off) * 2n <= divisor).toBe(true);
        },
      ),
    );
    expect([quotient(7n, 2n), quotient(-7n, 2n), quotient(6n, 4n), quotient(5n, 4n)]).toEqual([4, -4, 2, 1]);
  });
});
