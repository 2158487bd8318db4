import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import type { Call } from "../../../scripts/support/api.js";
import { formatOf, piecesOf, readCatalogue } from "../../../scripts/support/catalogue-file.js";
import { failure } from "../../../scripts/support/failure.js";
import { uploadCatalogue } from "../../../scripts/support/upload-catalogue.js";
import { parseCsv } from "../../../src/catalog/bulk/csv.ts";
import { ROOT } from "../../support/repository/commands.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const SMALL = { rows: 2, bytes: 60 };

describe("a catalogue file", () => {
  it.for([
    ["a.csv", "csv"],
    ["A.CSV", "csv"],
    ["a.ndjson", "ndjson"],
    ["a.jsonl", "ndjson"],
    ["a.xlsx", undefined],
    ["csv", undefined],
  ] as const)("that is called %s is %s", ([name, format], { expect }) => {
    expect(formatOf(name)).toBe(format);
  });

  it("is read without its byte order mark, in the encodings that spreadsheets write", ({ expect }) => {
    expect(readCatalogue(fileOf("mark.csv", "\uFEFFproduct_id"))).toBe("product_id");
    expect(readCatalogue(fileOf("latin.csv", Uint8Array.of(0x43, 0xe9)))).toBe("Cé");
    expect(readCatalogue(fileOf("wide.csv", Uint8Array.of(0xff, 0xfe, 0x43, 0, 0xe9, 0)))).toBe("Cé");
    expect(() => readCatalogue(join(folder, "none.csv"))).toThrow("There is no file");
  });
});

describe("a CSV file in pieces", () => {
  it("has the header on each, no row cut, and the numbers of the rows in the file", ({ expect }) => {
    const pieces = piecesOf('id,name\r\na,"one\r\nline, ""two"""\r\n\r\nb,2\r\n,,\r\nc,3\r\n', "csv", SMALL);

    expect(pieces).toEqual([
      { body: 'id,name\r\na,"one\r\nline, ""two"""\r\nb,2\r\n', numbers: [1, 3] },
      { body: "id,name\r\nc,3\r\n", numbers: [5] },
    ]);
  });

  it("has its bundles last, so that their components come before them in whatever piece", ({ expect }) => {
    const csv = piecesOf('id,components\nbed,"[{""product_id"":""slat""}]"\nslat,\nboard,\n', "csv", { rows: 1, bytes: 1_000 });
    const ndjson = piecesOf('{"id":"bed","components":[]}\n{"id":"slat"}\n', "ndjson", { rows: 1, bytes: 1_000 });

    expect(csv.map(({ numbers }) => numbers)).toEqual([[2], [3], [1]]);
    expect(ndjson.map(({ numbers }) => numbers)).toEqual([[2], [1]]);
  });

  it("keeps below a number of bytes, not of characters", ({ expect }) => {
    const row = `${"₹".repeat(15)}\n`;

    const pieces = piecesOf(`id\n${row.repeat(3)}`, "csv", SMALL);

    expect(pieces.map(({ numbers }) => numbers)).toEqual([[1], [2], [3]]);
  });

  it("says together what the file says, whatever is in its cells and where it is cut", ({ expect }) => {
    const cell = fc.string({ unit: fc.constantFrom('"', ",", "\r", "\n", "'", " ", "a", "₹") });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), fc.integer({ min: 1, max: 5 }), (rows, most) => {
        const text = `a,b\n${rows.map((cells) => `${cells.map(quoted).join(",")}\n`).join("")}`;
        const whole = parseCsv(text).records;

        const pieces = piecesOf(text, "csv", { rows: most, bytes: 1_000 });

        const together = pieces.flatMap(({ body, numbers }) =>
          parseCsv(body).records.map(({ row, cells }) => ({ row: numbers[row - 1], cells })),
        );
        expect(together).toEqual(whole);
      }),
    );
  });

  it("is refused where a quote is not closed", ({ expect }) => {
    expect(() => piecesOf('id,name\na,"one\nb,two\n', "csv")).toThrow("the quotes of row 1 do not match");
  });
});

describe("an NDJSON file in pieces", () => {
  it("has whole lines, without blank ones, and their numbers", ({ expect }) => {
    const pieces = piecesOf('{"a":1}\r\n\n{"a":2}\n{"a":3}', "ndjson", SMALL);

    expect(pieces).toEqual([
      { body: '{"a":1}\r\n{"a":2}\n', numbers: [1, 3] },
      { body: '{"a":3}\n', numbers: [4] },
    ]);
  });
});

describe("the upload of a catalogue", () => {
  const rowOf = (row: number, outcome: string) => ({ row, product_id: `p${row}`, outcome, errors: [] });
  const piece = { body: "id\na\n", numbers: [7] };
  const report = (...rows: object[]) => ({ totals: { rows: rows.length }, rows });

  /** A server that answers each call in turn, or fails; and the calls that it got. */
  function serverOf(...answers: ({ status: number; body: unknown } | Error)[]) {
    const calls: Call[] = [];
    const send = async (call: Call) => {
      calls.push(call);
      const answer = answers[calls.length - 1] ?? answers.at(-1);
      if (answer === undefined || answer instanceof Error) throw answer;
      return answer;
    };
    return { calls, api: { url: "http://shop.test", send } };
  }

  it("shows how lists follow until they have, and waits no longer for lists that are not concerned", async ({ expect }) => {
    const progress = (done: number) => ({ status: 200, body: { status: "running", lists: { total: 2, done } } });
    const first = { status: 200, body: { import_id: "imp-1", ...report(rowOf(1, "updated")) } };
    const { api, calls } = serverOf(first, progress(0), progress(1), progress(2));

    await uploadCatalogue(api, [piece], "csv", 0);

    expect(calls.map(({ path }) => path)).toEqual([
      "/api/v1/products/import",
      ...Array.from({ length: 3 }, () => "/api/v1/products/imports/imp-1"),
    ]);
  });

  it("waits minutes for the answer of a piece: a slow server would only begin it again", async ({ expect }) => {
    const { api, calls } = serverOf({ status: 200, body: report(rowOf(1, "created")) });

    await uploadCatalogue(api, [piece], "csv", 0);

    expect(calls[0]?.timeoutMs).toBeGreaterThanOrEqual(120_000);
  });

  const lost = Object.assign(failure("cannot be reached"), { unreachable: true });

  it("gives each piece a key of its own, and the refused rows their numbers in the file", async ({ expect }) => {
    const { api, calls } = serverOf(
      { status: 200, body: report(rowOf(1, "created")) },
      { status: 200, body: report(rowOf(1, "refused"), rowOf(2, "created")) },
    );

    const { totals, rows: refused } = await uploadCatalogue(api, [piece, { body: "id\nb\nc\n", numbers: [9, 12] }], "csv");

    expect(totals).toEqual({ rows: 3 });
    expect(refused).toEqual([{ ...rowOf(1, "refused"), row: 9 }]);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(2);
    expect(calls[0]).toMatchObject({ path: "/api/v1/products/import", type: "text/csv; charset=utf-8", body: piece.body });
  });

  it("sends a piece again under its key where the answer was lost or undecided", async ({ expect }) => {
    const { api, calls } = serverOf(lost, { status: 503, body: {} }, { status: 200, body: report(rowOf(1, "created")) });

    await uploadCatalogue(api, [piece], "csv", 0);

    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
  });

  it.for([
    ["a server that stays away, after five attempts", lost, 5],
    ["a refusal, at once", failure("was answered 422"), 1],
  ] as const)("gives up on %s", async ([, answer, attempts], { expect }) => {
    const { api, calls } = serverOf(answer);

    await expect(uploadCatalogue(api, [piece], "csv", 0)).rejects.toThrow(answer.message);
    expect(calls).toHaveLength(attempts);
  });
});

describe("npm run import", () => {
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [resolve(ROOT, "scripts/import.js"), ...args]);

  it.for([
    ["no file", [], "Usage: npm run import"],
    ["two files", ["a.csv", "b.csv"], "Usage: npm run import"],
    ["a file of another kind", ["a.xlsx"], "Usage: npm run import"],
    ["an unknown option", ["a.csv", "--fast"], "Usage: npm run import"],
    ["a file that is not there", ["nothing.csv"], "There is no file nothing.csv"],
  ] as const)("explains itself where it is given %s", async ([, args, words], { expect }) => {
    await expect(run(...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
  });

  it("says where a file has no rows", async ({ expect }) => {
    const path = fileOf("header.csv", "product_id,name\n");

    await expect(run(path)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("has no rows") });
  });
});
