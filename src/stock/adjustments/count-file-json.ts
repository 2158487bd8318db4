import { parseCsv } from "../../catalog/bulk/csv.ts";
import { fieldAt, refusedField } from "../../errors.ts";
import type { CountResult, CountRow, ListedCount } from "../rules/count-file.ts";
import { countRowSchema, MAX_COUNT_ROWS } from "./count-file-contract.ts";

const REQUIRED = ["sku", "warehouse_id", "counted"];
const NUMBERS = new Set(["counted", "expected_on_hand"]);

/** The columns of an export, in order. */
export const COUNT_COLUMNS = ["sku", "product_id", "variant_id", "name", "warehouse_id", "expected_on_hand", "counted"];

/** Reads the rows of a list, each of them valid or with its errors. */
export function readCountList(counts: readonly unknown[]): CountRow[] {
  return counts.map((members, index) => toRow(index + 1, members));
}

/**
 * Reads a CSV file of counts into rows, each of them valid or with its errors.
 * @throws Refusal `validation_failed` if the file as a whole is wrong; `body_too_large` for too many rows
 */
export function readCountFile(text: string): CountRow[] {
  const found = readCsv(text);
  if (found.length > MAX_COUNT_ROWS) throw refusedField("body_too_large", "body", `may have ${MAX_COUNT_ROWS} rows at most`);
  return found.map(({ row, members }) => toRow(row, members));
}

function readCsv(text: string): { row: number; members: unknown }[] {
  const { header, records, problem } = parseCsv(text);
  if (problem !== undefined) throw refusedField("validation_failed", "body", problem);
  const missing = REQUIRED.find((name) => !header.includes(name));
  if (missing !== undefined) throw refusedField("validation_failed", missing, "is missing from the header");
  return records.map(({ row, cells }) => ({
    row,
    members: Object.fromEntries(header.map((name, index) => [name, cellOf(name, cells[index] ?? "")])),
  }));
}

function cellOf(name: string, cell: string): unknown {
  if (!NUMBERS.has(name)) return cell;
  if (cell === "") return null;
  return /^\d{1,9}$/.test(cell) ? Number(cell) : cell;
}

function toRow(row: number, members: unknown): CountRow {
  const result = countRowSchema.safeParse(members);
  if (result.success) {
    const { sku, warehouse_id: warehouseId, counted = null, expected_on_hand: expected } = result.data;
    return { row, sku, warehouseId, counted, expectedOnHand: expected ?? undefined, errors: [] };
  }
  const errors = result.error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ field: fieldAt(issue.path) || "row", message: issue.message }];
    return issue.keys.map((field) => ({ field, message: "is not a member of a row" }));
  });
  return {
    row,
    sku: textIn(members, "sku"),
    warehouseId: textIn(members, "warehouse_id"),
    counted: null,
    expectedOnHand: undefined,
    errors,
  };
}

function textIn(members: unknown, name: "sku" | "warehouse_id"): string {
  const value = typeof members === "object" && members !== null ? Reflect.get(members, name) : undefined;
  return typeof value === "string" ? value.slice(0, 64) : "";
}

/** Shows the result of each row. */
export function toCountReportJson(results: readonly CountResult[], dryRun: boolean) {
  const count = (outcome: CountResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  const [counted, unchanged, skipped] = [count("counted"), count("unchanged"), count("skipped")];
  return {
    dry_run: dryRun,
    totals: { rows: results.length, counted, unchanged, skipped, refused: count("refused"), unresolved: count("unresolved") },
    rows: results.map(({ warehouseId, previousOnHand, onHand, ...result }) => ({
      row: result.row,
      sku: result.sku,
      warehouse_id: warehouseId,
      outcome: result.outcome,
      code: result.code,
      previous_on_hand: previousOnHand,
      on_hand: onHand,
      errors: [...result.errors],
    })),
  };
}

/** Shows what is on hand, in the members of an import. */
export function toCountJson({ sku, productId, variantId, name, warehouseId, onHand }: ListedCount) {
  return {
    sku,
    product_id: productId,
    variant_id: variantId,
    name,
    warehouse_id: warehouseId,
    expected_on_hand: onHand,
    counted: onHand,
  };
}

/** The cells of `COUNT_COLUMNS`. */
export function toCountCells(count: ListedCount) {
  return Object.values(toCountJson(count));
}
