import * as fc from "fast-check";
import { describe, it } from "vitest";
import { type KnownCode, placeOf } from "../../../src/warehouses/rules/locate.ts";
import { normalisePostalCode, postalKey } from "../../../src/warehouses/rules/postal-code.ts";

function known(code: string): KnownCode {
  return { code, latitude: code.length, longitude: 0 };
}

/** The neighbours that `findRankingRows` reads: the first code at or after it in the order of keys, and the last one before it. */
function neighboursOf(country: string, code: string, codes: readonly string[]): KnownCode[] {
  const keyed = codes.map((each) => ({ each, key: postalKey(country, each) })).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const key = postalKey(country, code);
  const found = [keyed.find((one) => one.key >= key), keyed.findLast((one) => one.key < key)];
  return found.flatMap((one) => (one === undefined ? [] : [known(one.each)]));
}

function located(country: string, entered: string, ...codes: string[]) {
  const normalised = codes.map((each) => normalisePostalCode(country, each));
  const code = normalisePostalCode(country, entered);
  // Each known code lies at a latitude of its own, so that the place says which it was.
  const neighbours = neighboursOf(country, code, normalised).map((one) => ({ ...one, latitude: normalised.indexOf(one.code) }));
  const place = placeOf(country, code, neighbours);
  return place && { at: codes[place.point.latitude], matched: place.matched, exact: place.exact };
}

describe("the place of a code", () => {
  it.for([
    // A British code: its outward code, then the area; never shared letters.
    ["GB", "PH4 1QE", ["PH4", "PH41"], "PH4", "PH4"],
    ["GB", "PH4 1QE", ["PH3", "PH41"], "PH3", "PH"],
    ["GB", "PH4 1QE", ["PH41", "PH40"], "PH40", "PH"],
    ["GB", "PH41 4PL", ["PH4", "PH41"], "PH41", "PH41"],
    ["GB", "PH4 1QE", ["PH4 1", "PH4 2QE", "PH41 1QE"], "PH4 1", "PH4 1"],
    ["GB", "PH4 1QE", ["PH4 1QD", "PH4"], "PH4 1QD", "PH4 1"],
    ["GB", "PH4 1QE", ["PH4 2QD", "PH41 9ZZ"], "PH4 2QD", "PH4"],
    ["GB", "PH4 1QE", ["PH", "PE1"], "PH", "PH"],
    ["GB", "W1A 1AA", ["W1B", "W10"], "W1B", "W1"],
    ["GB", "B1 1AA", ["BA1"], undefined, undefined],
    ["GB", "SW1A 1AA", ["SE1", "NW1"], undefined, undefined],
    // Numbers: the nearest in the smallest area that has a known code.
    ["BR", "01310-100", ["01310-900", "01310-000"], "01310-000", "01310"],
    ["BR", "05001-000", ["01000-000", "06000-000"], "06000-000", "0"],
    ["BR", "28999-999", ["28990-000", "29000-000"], "28990-000", "2899"],
    ["JP", "100-0001", ["102-0083", "〒150-0001"], "102-0083", "10"],
    ["JP", "〒190-0001", ["150-0001", "202-0001"], "150-0001", "1"],
    ["IN", "560034", ["560001", "560095"], "560001", "5600"],
    ["IN", "590001", ["560001"], undefined, undefined],
    ["IN", "610001", ["600001"], undefined, undefined],
    ["US", "94199", ["94200", "94101"], "94101", "941"],
    ["US", "99950", ["94103"], "94103", "9"],
    ["DE", "10115", ["10999", "20095"], "10999", "10"],
    ["FR", "75008", ["75001", "76000"], "75001", "7500"],
    ["FR", "75008", ["78000"], undefined, undefined],
    ["NL", "1012 AB", ["1012", "1013 AA"], "1012", "1012"],
    ["NL", "1012 AB", ["1011 ZZ", "1013 AA"], "1011 ZZ", "101"],
    ["CA", "K1A 0B1", ["K1A", "K1B"], "K1A", "K1A"],
    ["CA", "K1A 0B1", ["K1B", "J9Z"], "K1B", "K1"],
    ["IE", "D02 AF30", ["D02", "D04"], "D02", "D02"],
    ["IE", "D02AF30", ["D01", "D6W"], "D01", "D0"],
    ["PT", "1000-001", ["1000", "1100-001"], "1000", "1000"],
    ["PL", "00-950", ["00-001", "01-001"], "00-001", "00"],
    ["SE", "111 20", ["111 29", "113 11"], "111 29", "1112"],
    ["CZ", "110 00", ["118 00", "602 00"], "118 00", "11"],
    ["MT", "VLT 1117", ["VLT 1000", "SLM 1000"], "VLT 1000", "VLT1"],
    ["BN", "BE3119", ["BE3519", "KA1131"], "BE3519", "BE3"],
    // A Korean code of before 2015 has six digits, and says nothing about those of today.
    ["KR", "135-080", ["13508"], undefined, undefined],
  ] as const)("in %s, of %s among %j, is that of %s", ([country, entered, codes, at, matched], { expect }) => {
    const place = located(country, entered, ...codes);

    expect(place).toEqual(at === undefined ? undefined : { at, matched, exact: false });
  });

  it.for([
    ["GB", "ph4 1qe", "PH41QE"],
    ["AR", "C1425ABC", "1425"],
    ["LU", "1009", "L-1009"],
    ["US", "94103-1234", "94103"],
    ["IN", "7", "7"],
  ] as const)("in %s, of %s, is its own where it is known as %s", ([country, entered, code], { expect }) => {
    expect(located(country, entered, code)).toMatchObject({ at: code, exact: true });
    expect(located(country, entered)).toBeUndefined();
  });

  it("is found from two neighbours as from all codes", ({ expect }) => {
    const code = fc.stringMatching(/^[0-3]{8}$/);

    fc.assert(
      fc.property(code, fc.uniqueArray(code, { maxLength: 20 }), (wanted, codes) => {
        const levels = [3, 2, 1].map((length) => codes.filter((each) => each.slice(0, length) === wanted.slice(0, length)));
        const inArea = levels.find((each) => each.length > 0) ?? [];
        const nearest = Math.min(...inArea.map((each) => Math.abs(Number(each) - Number(wanted))));

        const place = located("BR", wanted, ...codes);

        expect(place?.exact ?? false).toBe(codes.includes(wanted));
        expect(place === undefined ? Infinity : Math.abs(Number(place.at) - Number(wanted))).toBe(nearest);
      }),
      { numRuns: 1_000 },
    );
  });
});
