import { env, exports } from "cloudflare:workers";
import { describe, it } from "vitest";
import { importCsv, importFile, importRows } from "../support/shop/bulk.ts";
import { ownId } from "../support/shop/catalog.ts";
import { post } from "../support/http/requests.ts";

const URL = "/api/v1/products/import";
const CSV = "text/csv";
const HEADER = "product_id,name,price";
const MIB = 1_024 * 1_024;

async function products(): Promise<number> {
  return (await env.DB.prepare("SELECT count(*) AS n FROM products").first<number>("n")) ?? 0;
}

describe("an import as CSV", () => {
  it.for([
    ["is empty", "", "body"],
    ["is blank", " \r\n ", "body"],
    ["has an unknown column", "product_id,colour\r\na,b", "colour"],
    ["has a column without a name", "product_id,,name\r\na,b,c", "header"],
    ["has a column twice", "product_id,name,name\r\na,b,c", "name"],
    ["lacks the product's id", "name,price\r\na,1", "product_id"],
    ["is separated by slashes", "product_id/name\r\na/b", "product_id/name"],
    ["opens a quote that it does not close", `${HEADER}\r\na,"Rice,1\r\nb,Rice,2`, "body"],
    ["goes on after a quote", `${HEADER}\r\na,"Rice" 1kg,1`, "body"],
  ] as const)("that %s is refused as a whole", async ([, text, field], { expect }) => {
    const before = await products();

    const { http, code, errors } = await importFile(text, CSV);

    expect({ http, code, field: errors?.[0]?.field }).toEqual({ http: 422, code: "validation_failed", field });
    expect(await products()).toBe(before);
  });

  it("with only a header has no rows", async ({ expect }) => {
    expect(await importCsv([HEADER])).toMatchObject({ http: 200, rows: [], totals: { rows: 0 } });
  });

  it("refuses a variant's members that it does not know, naming them", async ({ expect }) => {
    const id = ownId("p");
    const variant = { variant_id: `${id}-S`, sku: `${id}-S`, price: 5, stock: 9 };

    const { rows } = await importRows([{ product_id: id, name: "Shirt", price: 4, variants: [variant] }]).then(({ response }) =>
      response.json<{ rows: { outcome: string; errors: { field: string }[] }[] }>(),
    );

    const errors = ["variants[0].price", "variants[0].stock"].map((field) => ({ field, message: "is not a member of it" }));
    expect(rows).toMatchObject([{ outcome: "refused", errors }]);
  });

  it("refuses rows with a NUL, and writes the others", async ({ expect }) => {
    const [a, b] = [ownId("p"), ownId("p")];

    const { rows } = await importCsv([HEADER, `${a},Ri\u0000ce,1`, `${b},Rice,1`]);

    expect(rows).toMatchObject([{ outcome: "refused", errors: [{ field: "name" }] }, { outcome: "created" }]);
  });

  it("is read in the charset of its content type", async ({ expect }) => {
    const [a, b] = [ownId("p"), ownId("p")];

    const latin = await sendBytes(
      Uint8Array.from(`${HEADER}\n${a},Café,1`, (char) => char.charCodeAt(0)),
      "text/csv; charset=ISO-8859-1",
    );
    const wide = await sendBytes(
      new Uint8Array(Uint16Array.from(`\uFEFF${HEADER}\n${b},चावल,1`, (char) => char.charCodeAt(0)).buffer),
      'text/csv; charset="utf-16le"',
    );

    expect([latin.status, wide.status]).toEqual([200, 200]);
    const { results } = await env.DB.prepare("SELECT name FROM products WHERE product_id IN (?, ?) ORDER BY rowid")
      .bind(a, b)
      .all();
    expect(results).toEqual([{ name: "Café" }, { name: "चावल" }]);
  });

  it("that is not UTF-8 is refused as a whole", async ({ expect }) => {
    const bytes = new Uint8Array([...new TextEncoder().encode(`${HEADER}\na,Caf`), 0xe9, ...new TextEncoder().encode(",1")]);

    const response = await sendBytes(bytes, `${CSV}; charset=utf-8`);

    expect([response.status, await response.json()]).toMatchObject([
      422,
      { code: "validation_failed", errors: [{ field: "body" }] },
    ]);
  });
});

describe("an import as NDJSON", () => {
  it("reports lines that are not JSON, not an object, or have an unknown member, or one twice", async ({ expect }) => {
    const [a, b] = [ownId("p"), ownId("p")];
    const good = JSON.stringify({ product_id: a, name: "Rice", price: 1 });
    const odd = JSON.stringify({ product_id: b, name: "Rice", price: 1, colour: "red" });

    const twice = `{"product_id": "${b}", "name": "Rice", "price": 1, "variants": [{"sku": "A", "sku": "B"}]}`;

    const { rows } = await importFile(`\uFEFF${good}\r\n\r\n{"product_id":\n[1]\n${odd}\n${twice}\n`, "application/x-ndjson");

    expect(rows.map(({ row, outcome, errors }) => [row, outcome, errors[0]?.field])).toEqual([
      [1, "created", undefined],
      [3, "refused", "row"],
      [4, "refused", "row"],
      [5, "refused", "colour"],
      [6, "refused", "variants[0].sku"],
    ]);
  });

  it("of an empty catalogue has no rows", async ({ expect }) => {
    expect(await importRows([])).toMatchObject({ http: 200, totals: { rows: 0 } });
  });
});

describe("POST /api/v1/products/import", () => {
  it("is only for admins, and checks that before it reads the body", async ({ expect }) => {
    const response = await post(URL, "x".repeat(6 * MIB), { headers: { "Content-Type": CSV } });

    expect(response.status).toBe(401);
  });

  it.for(["application/json", "text/plain", ""])("is 415 for the type %j", async (type, { expect }) => {
    const response = await sendBytes(new TextEncoder().encode(HEADER), type);

    expect([response.status, await response.json()]).toMatchObject([415, { code: "unsupported_media_type" }]);
  });

  it("is 415 for an unknown charset", async ({ expect }) => {
    const response = await sendBytes(new TextEncoder().encode(HEADER), "text/csv; charset=klingon");

    expect(response.status).toBe(415);
  });

  it("accepts a body of more than 64 KiB, and none of more than 5 MiB, whatever its Content-Length", async ({ expect }) => {
    const filler = (size: number) => `product_id,description\n${"x".repeat(size)}`;
    const bytes = new TextEncoder().encode(filler(5 * MIB));

    const [taken, claimed, chunked] = [
      await importFile(filler(5 * MIB - 100), CSV),
      await sendBytes(bytes, CSV),
      await sendStream(bytes),
    ];

    expect(taken.http).toBe(200);
    expect([claimed.status, chunked.status]).toEqual([413, 413]);
    expect(await chunked.json()).toMatchObject({ code: "body_too_large", detail: "body: must be at most 5 MiB" });
  });

  it("keeps the limit of other routes and of its other methods", async ({ expect }) => {
    const large = JSON.stringify({ name: "x".repeat(65 * 1_024) });

    const answers = await Promise.all([
      post("/api/v1/products", large, { admin: true }),
      post("/api/v1/products/", large, { admin: true }),
      post("/api/v1/products/import/", large, { admin: true }),
      sendBytes(new TextEncoder().encode(large), "application/json", "PATCH"),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
  });

  it("refuses 5,001 rows as a whole", async ({ expect }) => {
    const before = await products();
    const lines = Array.from({ length: 5_001 }, (_, index) => `many-${index},Rice,1`);

    const { http, code, errors } = await importCsv([HEADER, ...lines]);

    expect({ http, code, errors }).toMatchObject({
      http: 413,
      code: "body_too_large",
      errors: [{ message: "may have 5000 rows at most" }],
    });
    expect(await products()).toBe(before);
  });
});

function sendBytes(body: BodyInit, type: string, method: "POST" | "PATCH" = "POST"): Promise<Response> {
  const headers = { Authorization: "Bearer test-admin-token-0123456789", ...(type && { "Content-Type": type }) };
  return exports.default.fetch(new Request(`http://holdfast.test${URL}`, { method, headers, body }));
}

/** A body without Content-Length, as a client streams it. */
function sendStream(bytes: Uint8Array): Promise<Response> {
  const stream = new ReadableStream({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += 65_536) controller.enqueue(bytes.subarray(at, at + 65_536));
      controller.close();
    },
  });
  return sendBytes(stream, CSV);
}
