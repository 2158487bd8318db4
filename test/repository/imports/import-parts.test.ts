import { describe, it } from "vitest";
import type { Call } from "../../../scripts/support/api.js";
import { piecesOf, repeatedRows, WHOLE_LIMITS } from "../../../scripts/support/catalogue-file.js";
import { previewCatalogue } from "../../../scripts/support/upload-catalogue.js";

const SMALL = { rows: 3, bytes: 10_000 };

describe("the file of another shop system in pieces", () => {
  it("has the records of a product of Shopify in one piece, wherever they are in the file", ({ expect }) => {
    const records = ["a,Tee,S,1", "b,Cup,,2", "a,,M,1", "a,,L,1", "b,,XL,2", "c,Pot,,3"];

    const pieces = piecesOf(["URL handle,Title,Option1 value,Price", ...records].join("\n"), "csv", SMALL);

    expect(pieces.map(({ numbers }) => numbers)).toEqual([
      [1, 3, 4],
      [2, 5, 6],
    ]);
    expect(pieces[0]?.body).toBe("url_handle,title,option1_value,price\r\na,Tee,S,1\r\na,,M,1\r\na,,L,1\r\n");
  });

  it("has the variations of WooCommerce with their product, by its SKU or its id", ({ expect }) => {
    const records = [
      "7,variable,W,Hood,,",
      "8,simple,X,Cup,5,",
      "9,variable,,Cap,,",
      "10,variation,W-S,Hood - S,5,W",
      "11,variation,,Cap - S,5,id:9",
      "12,variation,W-M,Hood - M,5,id:7",
    ];

    const pieces = piecesOf(["ID,Type,SKU,Name,Regular price,Parent", ...records].join("\n"), "csv", SMALL);

    expect(pieces.map(({ numbers }) => numbers)).toEqual([
      [1, 4, 6],
      [2, 3, 5],
    ]);
  });
});

describe("rows with a name of an earlier row", () => {
  it("are found across the pieces of a file, and left out of them", ({ expect }) => {
    const text = "product_id,sku\na,S-1\nb,S-2\nc,S-1\na,S-4\n,\n";

    const repeated = repeatedRows(text, "csv");
    const pieces = piecesOf(text, "csv", { rows: 1, bytes: 100 }, new Set(repeated.map(({ row }) => row)));

    expect(repeated).toEqual([
      { row: 3, product_id: "c", outcome: "refused", errors: [earlier("sku", "S-1")] },
      { row: 4, product_id: "a", outcome: "refused", errors: [earlier("product_id", "a")] },
    ]);
    expect(pieces.map(({ numbers }) => numbers)).toEqual([[1], [2]]);
  });

  const earlier = (field: string, value: string) => ({
    field,
    message: "must be in one row only, but the row of a is earlier and has it",
    value,
  });

  it("are left to the server where the file cannot be read", ({ expect }) => {
    expect(repeatedRows("product_id,colour\na,red\na,red\n", "csv")).toEqual([]);
  });
});

describe("the preview of a catalogue", () => {
  it("asks the server to try the whole file, without a key, and has the numbers of the rows in the file", async ({ expect }) => {
    const calls: Call[] = [];
    const changes = [{ field: "name", before: "Rice", after: "Oil" }];
    const rows = [{ row: 1, product_id: "b", outcome: "updated", errors: [], changes }];
    const send = async (call: Call) => {
      calls.push(call);
      return { status: 200, body: { import_id: null, totals: { rows: 1, updated: 1 }, rows, changes_left_out: 2 } };
    };
    const pieces = piecesOf("product_id,name\n\nb,Oil\n", "csv", WHOLE_LIMITS);

    const preview = await previewCatalogue({ url: "http://shop.test", send }, pieces, "csv", 0);

    expect(calls.map(({ path, key }) => [path, key])).toEqual([["/api/v1/products/import?dry_run=true", undefined]]);
    expect(preview).toEqual({ totals: { rows: 1, updated: 1 }, stock: {}, rows: [{ ...rows[0], row: 2 }], leftOut: 2 });
  });
});
