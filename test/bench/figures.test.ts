import fc from "fast-check";
import { describe, it } from "vitest";
import { median, pairedRatio, percentile, summarise } from "../../bench/figures.ts";

describe("a percentile", () => {
  it.for([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [0.991, 100],
    [1, 100],
  ] as const)("of %s of 1 to 100 is %s", ([share, expected], { expect }) => {
    const samples = Array.from({ length: 100 }, (_, index) => index + 1);

    expect(percentile(samples, share)).toBe(expected);
  });

  it("is the smallest sample that at least its share of samples does not exceed", ({ expect }) => {
    const samples = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 100 }), (unsorted, percent) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        const result = percentile(sorted, percent / 100);
        const within = sorted.filter((sample) => sample <= result).length;
        const below = sorted.filter((sample) => sample < result).length;

        expect(within * 100).toBeGreaterThanOrEqual(percent * sorted.length);
        expect(below * 100).toBeLessThan(percent * sorted.length);
      }),
    );
  });

  it("is NaN without samples", ({ expect }) => {
    expect(percentile([], 0.5)).toBeNaN();
    expect(median([])).toBeNaN();
  });
});

describe("a median", () => {
  it("is the middle figure, or the mean of the two middle ones", ({ expect }) => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
  });
});

describe("the ratio of two sides measured in turns", () => {
  it("is the median of the ratios of neighbouring blocks, so that a slow moment of the machine does not change it", ({
    expect,
  }) => {
    const [ours, theirs] = [
      [80, 8, 80],
      [100, 10, 100],
    ];

    expect(pairedRatio(ours, theirs)).toBe(0.8);
    expect(pairedRatio([80, 8, 80], [100, 100, 100])).toBe(0.8);
  });
});

describe("a summary", () => {
  it("has the rate and exact percentiles for samples in any order", ({ expect }) => {
    expect(summarise([4, 2, 1, 3], 2_000)).toEqual({ count: 4, perSecond: 2, p50: 2, p95: 4, p99: 4 });
  });
});
