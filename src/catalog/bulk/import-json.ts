import { fieldAt, refusedField } from "../../errors.ts";
import { amountText } from "../../rules/amount-cell.ts";
import { findRepeatedMember } from "../../rules/repeated-member.ts";
import { importRowSchema, MAX_IMPORT_ROWS } from "./contract.ts";
import { type CsvFile, dialectOf, parseCsv } from "./csv.ts";
import { cellsBy, foreignFormatOf } from "./foreign-records.ts";
import { createChangeLists } from "./changes-json.ts";
import { toProductChange } from "../request-json.ts";
import type { ShownImport } from "./show-import.ts";
import { BULK_FORMATS, headerProblem } from "../rules/bulk-file.ts";
import type { RowStock, StatedStock } from "../rules/foreign-stock.ts";
import type { ImportRow, ReportRow } from "../rules/import-file.ts";
import { MAX_ROW_ERRORS, type RowError } from "../rules/import-row.ts";

/** Unknown column names and ids are cut to this length in reports. */
const MAX_NAME = 64;

/** A row before validation: its members, or why it has none. */
type RawRow = { row: number; members: unknown; newSlug?: string; stock?: StatedStock[] } | { row: number; error: RowError };

/**
 * Parses a file into rows, each of them valid or with its errors.
 * @param type of the body  @param decimals of the shop's currency  @param ignoresStock whether quantities are not read
 * @throws Refusal `validation_failed` if the header or quotes are invalid; `body_too_large` for too many rows
 */
export function readRows(text: string, type: string, decimals: number, ignoresStock = false): ImportRow[] {
  const raw = type === BULK_FORMATS.csv ? readCsv(text, decimals) : readLines(text);
  if (raw.length > MAX_IMPORT_ROWS) throw refusedField("body_too_large", "body", `may have ${MAX_IMPORT_ROWS} rows at most`);
  const schema = importRowSchema(decimals, type === BULK_FORMATS.csv && dialectOf(text).hasDecimalComma);
  return raw.map((each) => toImportRow(ignoresStock && "stock" in each ? { ...each, stock: [] } : each, schema, decimals));
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

/** The products of a file that another shop system wrote; `undefined` for one of our own. */
function readForeign({ header, records }: Omit<CsvFile, "problem">, hasDecimalComma: boolean, decimals: number) {
  const format = foreignFormatOf(header);
  const toCell = (column: string, cell: string) =>
    cell !== "" && AMOUNT.test(column) ? amountText(cell, hasDecimalComma) : cell;
  return format?.read(
    records.map(({ row, cells }) => ({ row, cells: cellsBy(format.columns, cells, toCell) })),
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
  const { row, members, newSlug, stock = [] } = raw;
  const result = schema.safeParse(members);
  if (!result.success) {
    const errors = result.error.issues.flatMap(toErrors).slice(0, MAX_ROW_ERRORS);
    return { row, members, productId: idIn(members), wanted: undefined, errors };
  }
  const { product_id: productId, ...change } = result.data;
  const stated = stock.length > 0 ? { stock } : {};
  return { row, members, productId, wanted: { productId, newSlug, ...toProductChange(change, decimals), ...stated }, errors: [] };
}

function toErrors(issue: { path: PropertyKey[]; message: string; keys?: string[] }): RowError[] {
  if (issue.keys) {
    const message = issue.path.length === 0 ? "is not a column" : "is not a member of it";
    return issue.keys.map((key) => ({ field: fieldAt([...issue.path, key.slice(0, MAX_NAME)]), message }));
  }
  const field = fieldAt(issue.path);
  return [{ field: field || "row", message: issue.message }];
}

/** What the file has at the path of a field, as far as it has anything there: an amount, a text, or as JSON a list. */
function valueAt(field: string, members: unknown): string | undefined {
  const steps = field.split(/[.[\]]+/).filter(Boolean);
  let value = members;
  for (const step of steps) {
    // A cell of CSV has a list as JSON.
    const parent = typeof value === "string" ? parsedList(value) : value;
    value = typeof parent === "object" && parent !== null && Object.hasOwn(parent, step) ? Reflect.get(parent, step) : undefined;
  }
  if (value === undefined || value === null) return undefined;
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, MAX_NAME).toWellFormed();
}

function parsedList(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
}

function idIn(members: unknown): string | null {
  const id = typeof members === "object" && members !== null && "product_id" in members ? members.product_id : null;
  return typeof id === "string" ? id.slice(0, MAX_NAME) : null;
}

/**
 * Shows the result of each row of a file, with the value of each field that is refused.
 * @param rows of the file  @param decimals of the shop's currency
 */
export function toReportJson({ report, warehouseId }: Reported, rows: readonly ImportRow[], decimals: number) {
  const count = (outcome: ReportRow["outcome"]) => report.filter((row) => row.outcome === outcome).length;
  const [created, updated] = [count("created"), count("updated")];
  const byRow = new Map(rows.map(({ row, members }) => [row, members]));
  const changes = createChangeLists(decimals);
  const shown = report.map(({ row, productId, outcome, errors, stock, foreseen }) => ({
    row,
    product_id: productId,
    outcome,
    errors: errors.map(({ field, message, value }) => ({ field, message, value: valueAt(field, byRow.get(row)) ?? value })),
    ...(stock && { stock: stock.map(toStockJson) }),
    ...(foreseen && { changes: changes.of(foreseen) }),
  }));
  return {
    totals: { rows: report.length, created, updated, unchanged: count("unchanged"), refused: count("refused") },
    stock: { warehouse_id: warehouseId, ...stockTotals(report) },
    rows: shown,
    changes_left_out: changes.leftOut(),
  };
}

/** The result of an import or of a dry run. */
interface Reported {
  report: readonly ReportRow[];
  warehouseId: string | null;
}

function toStockJson({ sku, variantId, quantity, outcome, onHand, message }: RowStock) {
  return { sku, variant_id: variantId, quantity, outcome, on_hand: onHand, message };
}

function stockTotals(report: readonly ReportRow[]) {
  const outcomes = report.flatMap(({ stock = [] }) => stock.map(({ outcome }) => outcome));
  const count = (which: RowStock["outcome"]) => outcomes.filter((outcome) => outcome === which).length;
  return {
    opening: count("opening"),
    none: count("none"),
    same: count("same"),
    kept: count("kept"),
    not_taken: count("not_taken"),
  };
}

/** Shows how far an import has come. A product that a later import changed again counts for that one. */
export function toProgressJson(shown: ShownImport) {
  const { importId, atMs, rows, rowsDone, stale, staleLeft, warehouseId, stock, stockLeft, stockFound, stockKept, kept } = shown;
  const isFinished = rowsDone >= rows && staleLeft === 0 && stockLeft === 0;
  return {
    import_id: importId,
    created_at: new Date(atMs).toISOString(),
    status: isFinished ? ("finished" as const) : ("running" as const),
    rows: { total: rows, done: rowsDone },
    lists: { total: stale, done: stale - staleLeft },
    stock: {
      warehouse_id: warehouseId,
      total: stock,
      done: Math.max(0, stock - stockLeft - stockFound),
      pending: stockLeft,
      kept: stockKept + stockFound,
      kept_since: kept.map(({ sku, variantId, quantity, onHand }) => ({ sku, variant_id: variantId, quantity, on_hand: onHand })),
    },
  };
}
