import * as fc from "fast-check";
import { describe, it } from "vitest";
import { ALL_COUNTRIES } from "../../../src/rules/countries.ts";
import {
  compactPostalCode,
  hasPrefix,
  normalisePostalCode,
  normalisePrefix,
  printedPostalCode,
} from "../../../src/warehouses/rules/postal-code.ts";

describe("a postal code", () => {
  it.for([
    ["GB", "sw1a 1aa", "SW1A1AA"],
    ["GB", "ph4 1qe", "PH41QE"],
    ["GB", "London SW1A 1AA", "SW1A1AA"],
    ["GB", "GB-SW1A1AA", "SW1A1AA"],
    ["GB", "SW1A OAA", "SW1A0AA"],
    ["GB", "GIR 0AA", "GIR0AA"],
    ["GB", "PH4", "PH4"],
    ["GB", "PH4 1", "PH4 1"],
    ["JE", "je2 3qr", "JE23QR"],
    ["IN", "560-034", "560034"],
    ["IN", "560 034", "560034"],
    ["IN", "560 034", "560034"],
    ["IN", "PIN 560034", "560034"],
    ["JP", "〒100-0001", "1000001"],
    ["JP", "１００−０００１", "1000001"],
    ["JP", "１００ー０００１", "1000001"],
    ["JP", "600001", "0600001"],
    ["LU", "L-1009", "L1009"],
    ["LU", "1009", "L1009"],
    ["LV", "LV-1010", "LV1010"],
    ["LV", "1010", "LV1010"],
    ["MD", "2001", "MD2001"],
    ["SE", "SE-111 20", "11120"],
    ["SE", "S-111 20 Stockholm", "11120"],
    ["FR", "F-75008", "75008"],
    ["FR", "75008 Paris", "75008"],
    ["FR", "75380 PARIS CEDEX 08", "75380"],
    ["FR", "1000", "01000"],
    ["IE", "d02af30", "D02AF30"],
    ["IE", "D02 AF30", "D02AF30"],
    ["IE", "D2 AF30", "D02AF30"],
    ["IE", "D6W XY00", "D6WXY00"],
    ["IE", "D2", "D02"],
    ["IE", "Dublin 2", "D02"],
    ["US", "94103-1234", "94103"],
    ["US", "941031234", "94103"],
    ["US", "2134", "02134"],
    ["US", "501", "00501"],
    ["DE", "1067", "01067"],
    ["DE", "D-10115 Berlin", "10115"],
    ["MX", "6000", "06000"],
    ["ES", "8001", "08001"],
    ["IT", "100", "00100"],
    ["IT", "I-00184 Roma", "00184"],
    ["FI", "100", "00100"],
    ["PL", "00-950", "00950"],
    ["PL", "950", "00950"],
    ["NL", "1012 ab", "1012AB"],
    ["NL", "1012AB Amsterdam", "1012AB"],
    ["NL", "1012 Amsterdam", "1012"],
    ["CA", "k1a 0b1", "K1A0B1"],
    ["CA", "K1A-0B1", "K1A0B1"],
    ["CA", "K1A", "K1A"],
    ["PT", "1000-001 Lisboa", "1000001"],
    ["BR", "01310-100", "01310100"],
    ["BR", "1310100", "01310100"],
    ["KR", "06236", "06236"],
    ["KR", "6236", "06236"],
    ["CZ", "110 00 Praha 1", "11000"],
    ["GR", "GR-104 31", "10431"],
    ["AR", "C1425ABC", "1425"],
    ["AR", "C1425", "1425"],
    ["AR", "1425", "1425"],
    ["MT", "VLT 1117", "VLT1117"],
    ["BN", "be3119", "BE3119"],
    ["BN", "BE 3119", "BE3119"],
    ["NO", "150", "0150"],
    ["ZA", "1", "0001"],
    ["TW", "100-12", "10012"],
    ["KZ", "10000", "010000"],
  ] as const)("of %s, %s, is normalised to %s", ([country, entered, code], { expect }) => {
    expect(normalisePostalCode(country, entered)).toBe(code);
  });

  it("that a country's structure does not fit keeps its letters and digits, as releases before did", ({ expect }) => {
    const before = (text: string) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
    const others = [
      ["IN", "5600"],
      ["KR", "135-080"],
      ["GB", "x"],
      ["DE", "no code"],
      ["KY", "ky1-1001"],
    ] as const;

    for (const [country, text] of others) expect(normalisePostalCode(country, text)).toBe(before(text));
    expect(["sw1a 1aa", "560-034", " 12 ", "k1a0b1"].map(compactPostalCode)).toEqual(["SW1A1AA", "560034", "12", "K1A0B1"]);
  });

  it("that is normalised stays as it is in every country", ({ expect }) => {
    const text = fc.stringMatching(/^[A-Z0-9][A-Z0-9 -]{0,9}$/);

    fc.assert(
      fc.property(fc.constantFrom(...ALL_COUNTRIES), text, (country, entered) => {
        const code = normalisePostalCode(country, entered);

        expect(normalisePostalCode(country, code)).toBe(code);
      }),
      { numRuns: 2_000 },
    );
  });

  it.for([
    ["GB", "SW1A1AA", "SW1A 1AA"],
    ["GB", "PH41QE", "PH4 1QE"],
    ["GB", "PH41", "PH41"],
    ["CA", "K1A0B1", "K1A 0B1"],
    ["NL", "1012AB", "1012 AB"],
    ["JP", "1000001", "100-0001"],
    ["BR", "01310100", "01310-100"],
    ["PL", "00950", "00-950"],
    ["PT", "1000001", "1000-001"],
    ["SE", "11120", "111 20"],
    ["LU", "L1009", "L-1009"],
    ["IE", "D02AF30", "D02 AF30"],
    ["IN", "560034", "560034"],
    ["IN", "5600", "5600"],
  ] as const)("of %s, %s, is printed %s", ([country, code, printed], { expect }) => {
    expect(printedPostalCode(country, code)).toBe(printed);
  });
});

describe("a served beginning", () => {
  it.for([
    ["GB", "PA6", "PA6 1AA", true],
    ["GB", "PA6", "PA60 7XS", false],
    ["GB", "PA60", "PA60 7XS", true],
    ["GB", "PA60", "PA6 0XS", false],
    ["GB", "PA6 0", "PA6 0XS", true],
    ["GB", "PA6 0", "PA60 0XS", false],
    ["GB", "PA60 7", "PA60 7XS", true],
    ["GB", "PA", "PA60 7XS", true],
    ["GB", "P", "PA60 7XS", false],
    ["GB", "B", "BA1 1AA", false],
    ["GB", "B", "B1 1AA", true],
    ["GB", "W1", "W1A 1AA", true],
    ["GB", "W1", "W11 1AA", false],
    ["GB", "W1A", "W1B 1AA", false],
    ["IN", "56", "560034", true],
    ["IN", "57 0", "570001", true],
    ["IN", "57", "560034", false],
    ["IE", "D6", "D06 XY00", true],
    ["IE", "D6", "D6W XY00", false],
    ["LU", "1", "L-1009", true],
    ["LU", "L-10", "1009", true],
    ["US", "941", "94103-1234", true],
    ["US", "02", "2134", true],
    ["CA", "K1A", "K1A 0B1", true],
    ["NL", "1012", "1012 AB", true],
    ["PL", "00-9", "950", true],
  ] as const)("in %s, %s, takes %s: %s", ([country, prefix, entered, isTaken], { expect }) => {
    const code = normalisePostalCode(country, entered);

    expect(hasPrefix(country, code, normalisePrefix(prefix))).toBe(isTaken);
  });
});
