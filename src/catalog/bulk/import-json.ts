import { fieldAt, refusedField } from "../../errors.ts";
import { amountText } from "../../rules/amount-cell.ts";
import { findRepeatedMember } from "../../rules/repeated-member.ts";
import { importRowSchema, MAX_IMPORT_ROWS } from "./contract.ts";
import { type CsvFile, dialectOf, parseCsv } from "./csv.ts";
import type { ReportRow } from "./import-plan.ts";
import type { ImportRow } from "./import-products.ts";
import { toProductChange } from "../request-json.ts";
import type { ShownImport } from "./show-import.ts";
import { BULK_FORMATS, headerProblem } from "../rules/bulk-file.ts";
import { fromShopify, isShopify } from "../rules/shopify-file.ts";
import { fromWooCommerce, isWooCommerce } from "../rules/woocommerce-file.ts";
import { MAX_ROW_ERRORS, type RowError } from "../rules/import-row.ts";

/** Unknown column names and ids are cut to this length in reports. */
const MAX_NAME = 64;

/** A row before validation: its members, or why it has none. */
type RawRow = { row: number; members: unknown; newSlug?: string } | { row: number; error: RowError };

/**
 * Parses a file into rows, each of them valid or with its errors.
 * @param type of the body  @param decimals of the shop's currency
 * @throws Refusal `validation_failed` if the header or quotes are invalid; `body_too_large` for too many rows
 */
export function readRows(text: string, type: string, decimals: number): ImportRow[] {
  const raw = type === BULK_FORMATS.csv ? readCsv(text, decimals) : readLines(text);
  if (raw.length > MAX_IMPORT_ROWS) throw refusedField("body_too_large", "body", `may have ${MAX_IMPORT_ROWS} rows at most`);
  const schema = importRowSchema(decimals, type === BULK_FORMATS.csv && dialectOf(text).hasDecimalComma);
  return raw.map((each) => toImportRow(each, schema, decimals));
}

function readCsv(text: string, decimals: number): RawRow[] {
  const { header, records, problem } = parseCsv(text);
  if (text.trim() === "") throw refusedField("validation_failed", "body", "is empty; a header is required");
  if (problem !== undefined) throw refusedField("validation_failed", "body", problem);
  const foreign = readForeign({ header, records }, dialectOf(text).hasDecimalComma, decimals);
  if (foreign) return foreign;
  const invalid = headerProblem(header);
  if (invalid) throw refusedField("validation_failed", invalid.field.slice(0, MAX_NAME), invalid.message);
  return records.map(({ row, cells }): RawRow => {
    if (cells.length === header.length) return { row, members: membersOf(header, cells) };
    return { row, error: { field: "row", message: `has ${cells.length} cells, but the header has ${header.length}` } };
  });
}

/** The columns of other shops' files that have amounts. */
const AMOUNT = /price|cost per item|grams|weight/;

/** The products of a file that Shopify or WooCommerce wrote; `undefined` for one of our own. */
function readForeign({ header, records }: Omit<CsvFile, "problem">, hasDecimalComma: boolean, decimals: number) {
  const columns = header.map((name) => name.replaceAll("_", " "));
  const read = isShopify(columns) ? fromShopify : isWooCommerce(columns) ? fromWooCommerce : undefined;
  const cellOf = (column: string, cell = "") => (cell !== "" && AMOUNT.test(column) ? amountText(cell, hasDecimalComma) : cell);
  return read?.(
    records.map(({ row, cells }) => ({
      row,
      cells: Object.fromEntries(columns.map((column, at) => [column, cellOf(column, cells[at])])),
    })),
    decimals,
  );
}

function membersOf(header: readonly string[], cells: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(header.map((column, index) => [column, cells[index] || null]));
}

function readLines(text: string): RawRow[] {
  const lines = text.split("\n").map((line, index) => ({ row: index + 1, line }));
  return lines.filter(({ line }) => line.trim() !== "").map(({ row, line }) => ({ row, ...parsed(line) }));
}

function parsed(line: string): { members: unknown } | { error: RowError } {
  try {
    const members: unknown = JSON.parse(line);
    const repeated = findRepeatedMember(line);
    return repeated ? { error: { field: fieldAt(repeated), message: "is there twice" } } : { members };
  } catch {
    return { error: { field: "row", message: "is not valid JSON" } };
  }
}

function toImportRow(raw: RawRow, schema: ReturnType<typeof importRowSchema>, decimals: number): ImportRow {
  if ("error" in raw) return { row: raw.row, productId: null, wanted: undefined, errors: [raw.error] };
  const { row, members, newSlug } = raw;
  const result = schema.safeParse(members);
  if (!result.success) {
    const errors = result.error.issues.flatMap((issue) => toErrors(issue, members)).slice(0, MAX_ROW_ERRORS);
    return { row, productId: idIn(members), wanted: undefined, errors };
  }
  const { product_id: productId, ...change } = result.data;
  return { row, productId, wanted: { productId, newSlug, ...toProductChange(change, decimals) }, errors: [] };
}

function toErrors(issue: { path: PropertyKey[]; message: string; keys?: string[] }, members: unknown): RowError[] {
  if (issue.keys) {
    const message = issue.path.length === 0 ? "is not a column" : "is not a member of it";
    return issue.keys.map((key) => ({ field: fieldAt([...issue.path, key.slice(0, MAX_NAME)]), message }));
  }
  const field = fieldAt(issue.path);
  return [{ field: field || "row", message: issue.message, ...valueAt(issue.path[0], members) }];
}

/** What the file has in a column, as far as it is text or a number. */
function valueAt(column: PropertyKey | undefined, members: unknown): { value?: string } {
  const value: unknown =
    column === undefined || typeof members !== "object" || members === null ? undefined : Reflect.get(members, column);
  return typeof value === "string" || typeof value === "number" ? { value: String(value).slice(0, MAX_NAME) } : {};
}

function idIn(members: unknown): string | null {
  const id = typeof members === "object" && members !== null && "product_id" in members ? members.product_id : null;
  return typeof id === "string" ? id.slice(0, MAX_NAME) : null;
}

/** Shows the result of each row of a file. */
export function toReportJson(report: readonly ReportRow[]) {
  const count = (outcome: ReportRow["outcome"]) => report.filter((row) => row.outcome === outcome).length;
  const [created, updated] = [count("created"), count("updated")];
  return {
    totals: { rows: report.length, created, updated, unchanged: count("unchanged"), refused: count("refused") },
    rows: report.map(({ row, productId, outcome, errors }) => ({ row, product_id: productId, outcome, errors })),
  };
}

/** Shows how far an import has come. A product that a later import changed again counts for that one. */
export function toProgressJson({ importId, atMs, rows, rowsDone, stale, staleLeft }: ShownImport & { importId: string }) {
  const isFinished = rowsDone >= rows && staleLeft === 0;
  return {
    import_id: importId,
    created_at: new Date(atMs).toISOString(),
    status: isFinished ? ("finished" as const) : ("running" as const),
    rows: { total: rows, done: rowsDone },
    lists: { total: stale, done: stale - staleLeft },
  };
}
