import fc from "fast-check";
import { describe, it } from "vitest";
import { toGtin14 } from "../../../src/catalog/rules/gtin.ts";
import { withCheckDigit } from "../../support/shop/catalog.ts";

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const anyCode = fc.constantFrom(7, 11, 12, 13).chain(digits).map(withCheckDigit);

describe("a barcode", () => {
  it.for([
    ["GTIN-8", "96385074", "00000096385074"],
    ["GTIN-12", "036000291452", "00036000291452"],
    ["GTIN-13", "4006381333931", "04006381333931"],
    ["GTIN-14", "10614141000415", "10614141000415"],
  ] as const)("that is a %s is normalised to GTIN-14", ([, code, gtin], { expect }) => {
    expect(toGtin14(code)).toBe(gtin);
  });

  it("is the same item with any leading zeros", ({ expect }) => {
    const codes = ["036000291452", "0036000291452", "00036000291452"];

    expect(new Set(codes.map(toGtin14)).size).toBe(1);
  });

  it("of any length is accepted only with its check digit", ({ expect }) => {
    fc.assert(
      fc.property(anyCode, fc.integer({ min: 1, max: 9 }), (code, off) => {
        const wrong = (Number(code.at(-1)) + off) % 10;
        expect(toGtin14(code)).toBe(code.padStart(14, "0"));
        expect(toGtin14(`${code.slice(0, -1)}${wrong}`)).toBeUndefined();
      }),
    );
  });

  it("with one misread digit is never accepted", ({ expect }) => {
    fc.assert(
      fc.property(anyCode, fc.nat(), fc.integer({ min: 1, max: 9 }), (code, place, off) => {
        const at = place % code.length;
        const misread = `${code.slice(0, at)}${(Number(code[at]) + off) % 10}${code.slice(at + 1)}`;
        expect(toGtin14(misread)).toBeUndefined();
      }),
    );
  });

  it.for(["", "0", "400638133393", "40063813339310", "4006381 33931", "٤006381333931", "400638133393X", "04006381333931 "])(
    "is not %j",
    (text, { expect }) => {
      expect(toGtin14(text)).toBeUndefined();
    },
  );
});
