import { describe, it } from "vitest";
import { piecesOf } from "../../../scripts/support/catalogue-file.js";
import { parseCsv } from "../../../src/catalog/bulk/csv.ts";

const SMALL = { rows: 2, bytes: 60 };

describe("a CSV file in pieces", () => {
  it("keeps its dialect, so that decimal commas are read as such", ({ expect }) => {
    const pieces = piecesOf('sep=;\r\nProduct ID;Price;;\r\na;"1,50";;\r\nb;2;;\r\nc;3;;\r\n', "csv", SMALL);

    expect(pieces).toEqual([
      { body: 'sep=;\r\nproduct_id;price\r\na;"1,50"\r\nb;2\r\n', numbers: [1, 2] },
      { body: "sep=;\r\nproduct_id;price\r\nc;3\r\n", numbers: [3] },
    ]);
    expect(parseCsv(pieces[0]?.body ?? "").records[0]).toEqual({ row: 1, cells: ["a", "1,50"] });
  });
});
