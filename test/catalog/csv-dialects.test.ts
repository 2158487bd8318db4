import { describe, it } from "vitest";
import { dialectOf, parseCsv } from "../../src/catalog/bulk/csv.ts";
import { amountText } from "../../src/rules/amount-cell.ts";
import { get, post } from "../support/http/requests.ts";
import { importCsv, importFile } from "../support/shop/bulk.ts";
import { newId } from "../support/shop/shop.ts";

const URL = "/api/v1/products";
const RECORDS = [{ row: 1, cells: ["p1", "Rice, long", "150"] }];

function utf16(text: string, isBig: boolean, hasMark: boolean): Uint8Array {
  const units = Array.from(`${hasMark ? "\uFEFF" : ""}${text}`, (char) => char.charCodeAt(0));
  return Uint8Array.from(units.flatMap((unit) => (isBig ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8])));
}

async function sent(bytes: Uint8Array, type = "text/csv") {
  const headers = { "Content-Type": type, Authorization: "Bearer test-admin-token-0123456789" };
  const { exports } = await import("cloudflare:workers");
  const response = await exports.default.fetch(
    new Request(`http://holdfast.test${URL}/import`, { method: "POST", headers, body: bytes }),
  );
  return { status: response.status, body: await response.json<{ totals: object; rows: { errors: object[] }[] }>() };
}

const shown = async (id: string) => (await get(`${URL}/${id}`)).json<{ name: string; price: number; barcode: string }>();

describe("a CSV file as a spreadsheet writes it", () => {
  it.for([
    ["Excel in English", 'product_id,name,price\r\np1,"Rice, long",150\r\n'],
    ["Excel in German", "product_id;name;price\r\np1;Rice, long;150\r\n"],
    ["Excel with its separator line", "sep=;\r\nproduct_id;name;price\r\np1;Rice, long;150\r\n"],
    ["a separator line in quotes", '"sep=\t"\nproduct_id\tname\tprice\np1\tRice, long\t150\n'],
    ["Excel as Unicode text", "product_id\tname\tprice\r\np1\tRice, long\t150\r\n"],
    ["Excel for Mac", 'product_id,name,price\rp1,"Rice, long",150\r'],
    ["LibreOffice, quoting everything", '"product_id","name","price"\n"p1","Rice, long","150"\n'],
    ["headers in any case, with blanks", 'Product ID, Name ,PRICE\np1,"Rice, long",150'],
    ["headers with hyphens", 'product-id,name,price\np1,"Rice, long",150'],
    ["empty columns at the end", 'product_id,name,price,,,\np1,"Rice, long",150,,,\n,,,,,\n'],
    ["empty columns at the end of records alone", 'product_id,name,price\np1,"Rice, long",150,,,'],
    ["text kept as text", 'product_id,name,price\n="p1","Rice, long","=""150"""'],
    ["a header with a separator in quotes", '"product_id";"name";"price"\np1;Rice, long;150'],
  ] as const)("of %s is read as the same", ([, text], { expect }) => {
    expect(parseCsv(text)).toEqual({ header: ["product_id", "name", "price"], records: RECORDS, problem: undefined });
  });

  it("has decimal commas only where commas separate nothing", ({ expect }) => {
    expect(dialectOf("a,b\n1;2;3")).toEqual({ delimiter: ",", hasDecimalComma: false });
    expect(dialectOf("a;b,c;d\n")).toEqual({ delimiter: ";", hasDecimalComma: true });
    expect(dialectOf("a\n")).toEqual({ delimiter: ",", hasDecimalComma: false });
    expect(dialectOf("sep=|\na\n")).toEqual({ delimiter: "|", hasDecimalComma: true });
  });

  it.for([
    ["150.50", false, "150.50"],
    ["1,299.00", false, "1299.00"],
    ["150,50", false, "150,50"],
    ["1,299", false, "1,299"],
    ["150,50", true, "150.50"],
    ["1.299,00", true, "1299.00"],
    ["1 299,00", true, "1299.00"],
    ["1\u202F299,00", true, "1299.00"],
    ["1'299.50", false, "1299.50"],
    ["150.5", true, "150.5"],
    ["-1,5", true, "-1.5"],
    ["1,2,3", true, "1,2,3"],
    ["free", true, "free"],
  ] as const)("has the amount %s, with a decimal comma: %s, as %s", ([cell, hasComma, text], { expect }) => {
    expect(amountText(cell, hasComma)).toBe(text);
  });
});

describe("an import of a file", () => {
  it("from Excel in German has its amounts, and says what a wrong one should be", async ({ expect }) => {
    const [good, bad] = [newId(), newId()];
    const lines = ["Product ID;SKU;Name;Price;MRP;Barcode;;", `${good};${good};Reis;1.299,50;1500;4006381333931;;`];

    const { totals, rows } = await importCsv([...lines, `${bad};${bad};Salz;1,234,5;;4,00638E+12;;`]);

    expect(totals).toMatchObject({ created: 1, refused: 1 });
    expect(await shown(good)).toMatchObject({ name: "Reis", price: 1299.5, mrp: 1500, barcode: "4006381333931" });
    expect(rows[1]).toMatchObject({
      row: 2,
      product_id: bad,
      errors: expect.arrayContaining([
        { field: "price", value: "1,234,5", message: expect.stringContaining("150.5 or 150,5") },
        { field: "barcode", value: "4,00638E+12", message: expect.stringContaining("lost digits in a spreadsheet") },
      ]),
    });
  });

  it("takes a comma for no decimal sign where it separates columns", async ({ expect }) => {
    const id = newId();
    const { rows } = await importCsv(["product_id,sku,name,price", `${id},${id},Rice,"150,50"`]);

    expect(rows[0]).toMatchObject({ outcome: "refused", errors: [{ field: "price", value: "150,50" }] });
  });

  it.for([
    ["UTF-8 with a mark", (text: string) => new TextEncoder().encode(`\uFEFF${text}`)],
    ["UTF-16 with a mark", (text: string) => utf16(text, false, true)],
    ["UTF-16, most significant byte first", (text: string) => utf16(text, true, true)],
    ["UTF-16 without a mark", (text: string) => utf16(text, false, false)],
    ["windows-1252", (text: string) => Uint8Array.from(Array.from(text, (char) => (char === "€" ? 0x80 : char.charCodeAt(0))))],
  ] as const)("in %s, of which nobody says so, has its letters", async ([, encode], { expect }) => {
    const id = newId();
    const { status, body } = await sent(encode(`product_id;sku;name;price\r\n${id};${id};Crème für €;2,50\r\n`));

    expect([status, body.totals]).toMatchObject([200, { created: 1 }]);
    expect(await shown(id)).toMatchObject({ name: "Crème für €", price: 2.5 });
  });

  it("in another encoding than its request says is refused", async ({ expect }) => {
    const { status, body } = await sent(Uint8Array.of(0x61, 0xe9), "text/csv; charset=utf-8");
    expect([status, body]).toMatchObject([422, { code: "validation_failed", errors: [{ field: "body" }] }]);
  });

  it("gives a UPC-A the zero back that a spreadsheet dropped, and removes a quote in front of a barcode", async ({ expect }) => {
    const [upc, quoted] = [newId(), newId()];
    const file = ["product_id,sku,name,price,barcode", `${upc},${upc},A,1,36000291452`, `${quoted},${quoted},B,1,'5901234123457`];

    expect((await importCsv(file)).totals).toMatchObject({ created: 2 });
    expect([await shown(upc), await shown(quoted)]).toMatchObject([{ barcode: "036000291452" }, { barcode: "5901234123457" }]);
  });

  it("as NDJSON stays JSON: UTF-8, and points", async ({ expect }) => {
    const id = newId();
    const { rows } = await importFile(
      JSON.stringify({ product_id: id, sku: id, name: "Rice", price: "1,5" }),
      "application/x-ndjson",
    );
    expect(rows[0]).toMatchObject({ outcome: "refused", errors: [{ field: "price", value: "1,5" }] });
    expect((await post(`${URL}/import`, "{}", { admin: true, headers: { "Content-Type": "application/x-ndjson" } })).status).toBe(
      200,
    );
  });
});
