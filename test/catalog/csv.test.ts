import fc from "fast-check";
import { describe, it } from "vitest";
import { parseCsv } from "../../src/catalog/bulk/csv.ts";
import { csvLine, fromCell, toCell } from "../../src/rules/csv.ts";

/** Trimmed text of characters that matter in CSV. */
const text = fc
  .oneof(
    fc.string({ unit: fc.constantFrom("'", '"', ",", "=", "+", "-", "@", "\r", "\n", "\t", " ", "a", "＝", "₹") }),
    fc.string({ unit: "grapheme" }),
  )
  .map((each) => each.trim());

describe("a cell", () => {
  it.for(["=cmd()", "+1", "-1", "@SUM(A1)", "＝1"])(
    "that begins like the formula %s gets a quote in front",
    (value, { expect }) => {
      expect(toCell(value)).toBe(`'${value}`);
    },
  );

  it.for(["Rice", "'tis", "''", "a=b", "1-2", ""])("such as %j is written as it is", (value, { expect }) => {
    expect(toCell(value)).toBe(value);
    expect(fromCell(value)).toBe(value);
  });

  it("is read back exactly as it was written, whatever quotes it has", ({ expect }) => {
    expect(["=x", "'=x", "''=x"].map(toCell)).toEqual(["'=x", "''=x", "'''=x"]);
    fc.assert(
      fc.property(text, (value) => {
        expect(fromCell(toCell(value))).toBe(value);
      }),
    );
  });

  it("is never a formula to a spreadsheet", ({ expect }) => {
    fc.assert(
      fc.property(text, (value) => {
        expect(toCell(value)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/u);
      }),
    );
  });
});

describe("a CSV file", () => {
  it("is read back with every cell of every record that is not blank, and its row number", ({ expect }) => {
    const records = fc.array(fc.tuple(text, text, text), { minLength: 1 });
    fc.assert(
      fc.property(records, (rows) => {
        const written = [["a", "b", "c"], ...rows].map((cells) => csvLine(cells)).join("");
        const full = rows
          .map((cells, index) => ({ row: index + 1, cells }))
          .filter(({ cells }) => cells.some((cell) => cell !== ""));

        expect(parseCsv(written)).toEqual({ header: ["a", "b", "c"], records: full, problem: undefined });
      }),
    );
  });
});
