import { describe, it } from "vitest";
import { type Cell, csvLine } from "../../src/rules/csv.ts";

describe("a record of CSV", () => {
  it.for<[string, Cell[], string]>([
    ["plain cells as they are", ["rice", 5, null, "kg"], "rice,5,,kg"],
    ["a comma in quotes", ["a,b", 1], '"a,b",1'],
    ["a quote doubled", ['5" pan'], '"5"" pan"'],
    ["line ends in quotes", ["a\nb", "a\r\nb"], '"a\nb","a\r\nb"'],
    ["a number below zero as a number", [-5], "-5"],
    ["a formula behind a quote", ["=1+1", "+1", "-1", "@x"], "'=1+1,'+1,'-1,'@x"],
    ["a formula that begins with a tab or a return", ["\t=1", "\r=1"], `'\t=1,"'\r=1"`],
    ["a formula that begins with a line feed", ["\n=1"], `"'\n=1"`],
    ["a formula of full-width signs", ["＝1+1", "＋1", "－1", "＠x"], "'＝1+1,'＋1,'－1,'＠x"],
    ["a formula that needs quotes too", ["=A1,B1"], `"'=A1,B1"`],
    ["what looks like such a quote with one more", ["'=1"], "''=1"],
    ["any other quote as it is", ["'tis", "a=b"], "'tis,a=b"],
    ["an empty text as nothing", [""], ""],
  ])("has %s", ([, cells, line], { expect }) => {
    expect(csvLine(cells)).toBe(`${line}\r\n`);
  });
});
