import * as fc from "fast-check";
import { it } from "vitest";
import { type KnownCode, normalisePostalCode, placeOf } from "../../../src/warehouses/rules/postal-code.ts";

function known(code: string): KnownCode {
  return { code, latitude: code.length, longitude: 0 };
}

/** The neighbours that `findRankingRows` reads: the first code at or after it, and the last one before it. */
function neighboursOf(code: string, codes: readonly string[]): KnownCode[] {
  const sorted = codes.toSorted();
  return [sorted.find((each) => each >= code), sorted.findLast((each) => each < code)].flatMap((each) =>
    each === undefined ? [] : [known(each)],
  );
}

/** The same result by comparison with every code. */
function longestShared(code: string, codes: readonly string[]): number {
  const lengths = codes.map((each) => Array.from(code).findIndex((letter, at) => letter !== each[at]));
  const longest = Math.max(0, ...lengths.map((length) => (length === -1 ? code.length : length)));
  return longest < 2 ? 0 : longest;
}

it("normalises a code to upper case letters and digits", ({ expect }) => {
  expect(["sw1a 1aa", "560-034", " 12 ", "k1a0b1"].map(normalisePostalCode)).toEqual(["SW1A1AA", "560034", "12", "K1A0B1"]);
});

it("finds a code exactly, by its longest known prefix, or not at all", ({ expect }) => {
  const codes = ["110001", "560001", "560095", "600001", "7"];
  const matched = (code: string) => placeOf(code, neighboursOf(code, codes));

  expect(matched("560095")).toMatchObject({ matched: "560095", exact: true });
  expect(matched("560034")).toMatchObject({ matched: "5600", exact: false });
  expect(matched("7")).toMatchObject({ matched: "7", exact: true });
  expect(matched("590001")).toBeUndefined();
  expect(matched("610001")).toBeUndefined();
  expect(placeOf("560001", [])).toBeUndefined();
});

it("finds the longest common prefix of all known codes from the two neighbours", ({ expect }) => {
  const code = fc.string({ unit: fc.constantFrom("1", "2", "A"), minLength: 1, maxLength: 5 });

  fc.assert(
    fc.property(code, fc.array(code, { maxLength: 20 }), (wanted, codes) => {
      const place = placeOf(wanted, neighboursOf(wanted, codes));

      expect(place?.exact ?? false).toBe(codes.includes(wanted));
      if (!codes.includes(wanted)) expect(place?.matched.length ?? 0).toBe(longestShared(wanted, codes));
    }),
    { numRuns: 1_000 },
  );
});
