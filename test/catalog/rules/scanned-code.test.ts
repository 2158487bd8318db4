import fc from "fast-check";
import { describe, it } from "vitest";
import { isInStore } from "../../../src/catalog/rules/gtin.ts";
import { readCode } from "../../../src/catalog/rules/scanned-code.ts";
import { withCheckDigit } from "../../support/shop/catalog.ts";

const EAN = "4006381333931";
const GTIN = "04006381333931";
const FNC1 = "\u001D";

describe("a code as a scanner sends it", () => {
  it.for([
    ["plain", EAN],
    ["with a carriage return", `${EAN}\r`],
    ["with a line end", `${EAN}\r\n`],
    ["with a tab", `${EAN}\t`],
    ["as EAN-13 by symbology identifier", `]E0${EAN}`],
    ["as GS1-128", `]C101${GTIN}`],
    ["as GS1-128 with more, and a line end", `]C101${GTIN}1725123110ABC-1\r\n`],
    ["as GS1 DataMatrix, with FNC1 after a batch", `]d2${FNC1}10A1${FNC1}01${GTIN}17251231`],
    ["as GS1 QR code", `]Q301${GTIN}`],
    ["as GS1 DataBar", `]e001${GTIN}3103001750`],
    ["with FNC1 first", `${FNC1}01${GTIN}`],
    ["without an identifier, best before first", `1725123101${GTIN}10AB`],
    ["as it is printed below the symbol", `(01)${GTIN}(17)251231(10)ABC123`],
    ["as it is printed, batch first", `(10)ABC123(01)${GTIN}`],
    ["as a digital link", `https://id.gs1.org/01/${GTIN}/10/ABC?17=251231`],
    ["as a digital link of a shop, with a short number", `http://shop.example/products/01/${EAN}`],
    ["as a digital link by name", `https://brand.example/gtin/${GTIN}#top`],
    ["typed with blanks", "4 006381 333931"],
    ["typed with dashes", "4-006381–333931"],
    ["typed in full-width digits", "４００６３８１３３３９３１"],
  ] as const)("%s is its GTIN-14", ([, sent], { expect }) => {
    expect(readCode(sent)).toEqual({ printed: EAN, gtins: [GTIN] });
  });

  it.for([
    ["UPC-E", "04252614", "042100005264", "00042100005264"],
    ["UPC-E ending in 3", "01234531", "012300000451", "00012300000451"],
    ["UPC-E ending in 4", "01234543", "012340000053", "00012340000053"],
    ["ISBN-10", "3-16-148410-X", "9783161484100", "09783161484100"],
    ["ISBN-10 in lower case", "080442957x", "9780804429573", "09780804429573"],
    ["ISBN-13 with hyphens", "978-3-16-148410-0", "9783161484100", "09783161484100"],
    ["GTIN-14 as it was always stored", "10614141000415", "10614141000415", "10614141000415"],
  ] as const)("%s: %s is stored as %s", ([, sent, printed, gtin], { expect }) => {
    expect(readCode(sent)).toEqual({ printed, gtins: [gtin] });
  });

  it("of eight digits that are both UPC-E and GTIN-8 is looked up as both, and as a GTIN-8 where the scanner says so", ({
    expect,
  }) => {
    // 0-100200-x: its UPC-A is 01000000200x.
    const both = Array.from({ length: 1_000_000 }, (_, six) => `0${String(six).padStart(6, "0")}`)
      .map(withCheckDigit)
      .find((code) => readCode(code)?.gtins.length === 2);

    const { gtins = [], printed } = readCode(both ?? "") ?? {};
    expect(printed).toHaveLength(12);
    expect(gtins).toEqual([`00${printed}`, `000000${both}`]);
    expect(readCode(`]E4${both}`)?.gtins).toEqual([`000000${both}`]);
  });

  it.for([
    "00000000",
    "0000000000000",
    "0000000000",
    `(01)${"0".repeat(14)}`,
    "4006381333930",
    "]C10104006381333930",
    "(01)04006381333930",
    "https://id.gs1.org/01/04006381333930",
    "https://id.gs1.org/00/340063813339312345",
    "(02)04006381333931(37)10",
    "3-16-148410-9",
    "04252615",
    "]C10100200123400003",
    "https://id.gs1.org/01/2001234000002",
    "ABC-123",
    "36000291452",
    "]E0",
    "01",
    "",
  ])("is refused: %s", (sent, { expect }) => {
    expect(readCode(sent)).toBeUndefined();
  });

  it("of any length is accepted only with its check digit, whatever is around it", ({ expect }) => {
    const body = fc.stringMatching(/^[1-9][0-9]{12}$/).map(withCheckDigit);
    fc.assert(
      fc.property(body, fc.integer({ min: 1, max: 9 }), (gtin, off) => {
        const wrong = `${gtin.slice(0, -1)}${(Number(gtin.at(-1)) + off) % 10}`;
        for (const around of [`]C101${gtin}10A`, `(01)${gtin}`, `https://a.example/01/${gtin}`]) {
          expect(readCode(around)?.gtins).toEqual([gtin]);
          expect(readCode(around.replace(gtin, wrong))).toBeUndefined();
        }
      }),
    );
  });

  it("never throws, and reads what it has read as the same", ({ expect }) => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from("0123456789()]C/:.-"), FNC1), maxLength: 40 })),
        (text) => {
          const code = readCode(text);
          expect(code === undefined || readCode(code.printed)?.gtins.includes(code.gtins[0] ?? "")).toBe(true);
        },
      ),
    );
  });
});

describe("a shop's own number", () => {
  it.for([
    ["2001234500009", true],
    ["2901234500004", true],
    ["0212345000008", true],
    ["0401234500006", true],
    ["4006381333931", false],
    ["0036000291452", false],
    ["3001234500000", false],
    ["00000020123451", true],
    ["00000096385074", false],
  ] as const)("%s: %s", ([digits, inStore], { expect }) => {
    expect(isInStore(digits.padStart(14, "0"))).toBe(inStore);
  });
});
