/** A row of a file of counts. */
export interface CountRow {
  /** Its number: 1 is the first row after the header, or the first of the list. */
  row: number;
  sku: string;
  warehouseId: string;
  /** Null where nobody has counted. */
  counted: number | null;
  /** What was on hand by the file; absent where it does not say. */
  expectedOnHand: number | undefined;
  errors: { field: string; message: string }[];
}

/** Why a row is refused: codes of docs/errors.md. */
export const COUNT_CODES = ["validation_failed", "count_outdated", "units_reserved", "bundle_has_no_stock"] as const;

type CountOutcome = "counted" | "unchanged" | "skipped" | "refused" | "unresolved";

/** The result of a row. */
export interface CountResult {
  row: number;
  sku: string;
  warehouseId: string;
  outcome: CountOutcome;
  /** Why it was refused: a code of docs/errors.md. */
  code: (typeof COUNT_CODES)[number] | null;
  /** On hand before; null where it is not known. */
  previousOnHand: number | null;
  /** On hand after. */
  onHand: number | null;
  errors: readonly { field: string; message: string }[];
}

/** What D1 knows of a row. */
interface KnownPlace {
  productId: string | null;
  isBundle: 0 | 1 | null;
  warehouseStatus: string | null;
  onHand: number;
}

const NOT_COUNTED = { code: null, previousOnHand: null, onHand: null, errors: [] } as const;

/** Decides what needs no object: rows that are wrong, twice in the file, or not counted. @returns `undefined` for a row to count */
export function settledCount(
  row: CountRow,
  place: KnownPlace | undefined,
  firstRow: number | undefined,
): CountResult | undefined {
  const { row: number, sku, warehouseId } = row;
  const refuse = (field: string, message: string, code: CountResult["code"] = "validation_failed") =>
    ({ ...NOT_COUNTED, row: number, sku, warehouseId, outcome: "refused", code, errors: [{ field, message }] }) as const;
  if (row.errors.length > 0) return { ...refuse("", ""), errors: row.errors };
  if (firstRow !== undefined) return refuse("row", `row ${firstRow} has the same SKU and warehouse`);
  if (!place || place.productId === null) return refuse("sku", `there is no SKU ${sku}`);
  if (place.isBundle === 1) return refuse("sku", "is a bundle: count its components", "bundle_has_no_stock");
  if (place.warehouseStatus !== "active") return refuse("warehouse_id", `there is no active warehouse ${warehouseId}`);
  if (row.counted !== null) return undefined;
  return {
    ...NOT_COUNTED,
    row: number,
    sku,
    warehouseId,
    outcome: "skipped",
    previousOnHand: place.onHand,
    onHand: place.onHand,
  };
}

/** What a count would do by what D1 has on hand; in a dry run. */
export function foreseenCount({ row, sku, warehouseId, counted, expectedOnHand }: CountRow, onHand: number): CountResult {
  const head = { ...NOT_COUNTED, row, sku, warehouseId, previousOnHand: onHand };
  if (expectedOnHand !== undefined && expectedOnHand !== onHand) return { ...head, ...outdatedCount(onHand) };
  return { ...head, outcome: counted === onHand ? "unchanged" : "counted", onHand: counted };
}

/** Another number than expected is on hand. */
export function outdatedCount(onHand: number): Pick<CountResult, "outcome" | "code" | "onHand" | "errors"> {
  const errors = [{ field: "expected_on_hand", message: `${onHand} units are on hand now: count again` }];
  return { outcome: "refused", code: "count_outdated", onHand, errors };
}

/** The rows that name a SKU and warehouse that an earlier row names, with that row's number. */
export function repeatedRows(rows: readonly Pick<CountRow, "row" | "sku" | "warehouseId">[]): Map<number, number> {
  const first = new Map<string, number>();
  const repeated = new Map<number, number>();
  for (const { row, sku, warehouseId } of rows) {
    const name = JSON.stringify([sku, warehouseId]);
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, row);
    else repeated.set(row, earlier);
  }
  return repeated;
}

/** The units of a variant in a warehouse, as an export lists them. */
export interface ListedCount {
  sku: string;
  productId: string;
  variantId: string;
  name: string;
  warehouseId: string;
  onHand: number;
}
