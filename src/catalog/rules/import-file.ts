import { duplicatesIn } from "./import-keys.ts";
import { MAX_ROW_ERRORS, type RowDecision, type RowError, splitByWeight, type WantedProduct } from "./import-row.ts";
import { decideStock, type KnownUnits, type RowStock } from "./foreign-stock.ts";
import type { Product } from "./product.ts";

/** The most rows and characters of one chunk, which is read and written in one batch each. */
export const CHUNK_LIMITS = { items: 500, weight: 400_000 };

/** A row of a file: the product that it describes, or its errors. */
export interface ImportRow {
  row: number;
  /** Null if it cannot be read. */
  productId: string | null;
  wanted: WantedProduct | undefined;
  errors: RowError[];
  /** What the file has in its columns, where it can be read. */
  members?: unknown;
}

/** A row that can be decided. */
export interface ValidRow {
  row: number;
  wanted: WantedProduct;
}

/** The result of a row. */
export interface ReportRow {
  row: number;
  productId: string | null;
  outcome: RowDecision["outcome"];
  errors: RowError[];
  /** What becomes of the units that the file says of its variants; absent where it says none. */
  stock?: RowStock[] | undefined;
  /** In a dry run: the product as it is and as it would be. */
  foreseen?: { before: Product; after: Product } | undefined;
}

/** Tells the rows that can be decided from those that are refused by the file alone. */
export function partition(rows: readonly ImportRow[]): { valid: ValidRow[]; refused: ReportRow[] } {
  const readable = rows.flatMap(({ row, wanted }) => (wanted ? [{ row, wanted }] : []));
  const duplicates = duplicatesIn(readable.map(({ wanted }) => wanted));
  const refused = rows.flatMap(({ row, productId, errors }) => (errors.length > 0 ? [refusedRow(row, productId, errors)] : []));
  const duplicated = readable.flatMap(({ row, wanted }, index) => {
    const errors = duplicates[index] ?? [];
    return errors.length > 0 ? [refusedRow(row, wanted.productId, errors)] : [];
  });
  return { valid: readable.filter((_, index) => duplicates[index]?.length === 0), refused: [...refused, ...duplicated] };
}

function refusedRow(row: number, productId: string | null, errors: RowError[]): ReportRow {
  return { row, productId, outcome: "refused", errors: errors.slice(0, MAX_ROW_ERRORS) };
}

/** Splits rows into chunks. Bundles come last, because their components may be new. */
export function chunksOf(rows: readonly ValidRow[], limits = CHUNK_LIMITS): ValidRow[][] {
  const [plain, bundles] = [false, true].map((isBundle) =>
    rows.filter(({ wanted }) => (wanted.components !== undefined) === isBundle),
  );
  return [plain, bundles].flatMap((some = []) => splitByWeight(some, ({ wanted }) => JSON.stringify(wanted).length, limits));
}

/** The units that the variants of a chunk have in the warehouse, and the products that are there. */
export interface ChunkStock {
  units: ReadonlyMap<string, KnownUnits>;
  existing: readonly Product[];
}

/** The results of the rows of a chunk. */
export function reportOf(
  chunk: readonly ValidRow[],
  decisions: readonly RowDecision[],
  { units, existing }: ChunkStock,
): ReportRow[] {
  const before = new Map(existing.map((product) => [product.productId, product]));
  return decisions.map((decision, at): ReportRow => {
    const errors = decision.outcome === "refused" ? decision.errors.slice(0, MAX_ROW_ERRORS) : [];
    const { row = 0, wanted } = chunk[at] ?? {};
    const product = "after" in decision ? decision.after : before.get(wanted?.productId ?? "");
    const stock = decision.outcome === "refused" ? {} : stockOf(wanted, product, units);
    return { row, productId: wanted?.productId ?? null, outcome: decision.outcome, errors, ...stock };
  });
}

function stockOf(wanted: WantedProduct | undefined, product: Product | undefined, units: ChunkStock["units"]) {
  return wanted?.stock && product ? { stock: decideStock(wanted.stock, product, units) } : {};
}

/** The results in the order of the file. */
export function inFileOrder(report: readonly ReportRow[]): ReportRow[] {
  return report.toSorted((a, b) => a.row - b.row);
}
