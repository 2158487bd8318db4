import type { Difference, StockReport } from "./messages.ts";
import type { Level, Place, Units } from "./levels.ts";

/** A product's stock as D1 has it. */
export interface ProjectedStock {
  productId: string;
  levels: Level[];
  /** The movements up to the number that the object has flushed: their count and the sum of their units. */
  told: { count: number; units: number };
  newestSeq: number;
  /** The sums that lists show; `null` where there is no row. */
  sums: Units | null;
}

/** One wrong figure. `where` says whose: a wrong ledger cannot be repaired automatically, a wrong projection can. */
export interface StockDifference {
  productId: string;
  where: "ledger" | "projection";
  what:
    | Difference["what"]
    | "version"
    | "movements"
    | "moved_units"
    | "newest_movement"
    | "product_row"
    | "product_on_hand"
    | "product_reserved"
    | "product_allocated";
  variantId: string | null;
  warehouseId: string | null;
  expected: number;
  /** `null` where the row is missing. */
  found: number | null;
}

/** Differences between an object's levels and its ledger or holds. */
export function ledgerDifferences(productId: string, { differences }: StockReport): StockDifference[] {
  return differences.map(({ what, variantId, warehouseId, level, recomputed }) => ({
    productId,
    where: "ledger" as const,
    what,
    variantId,
    warehouseId,
    expected: recomputed,
    found: level,
  }));
}

/**
 * Differences between the projection in D1 and its object, which reports before and after D1 is read. Orders and flushes may write in
 * between, so D1 must have at least what was flushed before, and at most what the object has after; unflushed changes are no difference.
 */
export function projectionDifferences(before: StockReport, d1: ProjectedStock, after: StockReport): StockDifference[] {
  return [
    ...levelDifferences(before, d1, after),
    ...movementDifferences(before, d1, after),
    ...sumDifferences(before, d1, after),
  ];
}

const UNITS = [
  ["onHand", "on_hand"],
  ["reserved", "reserved"],
  ["allocated", "allocated"],
] as const;

function levelDifferences(before: StockReport, d1: ProjectedStock, after: StockReport): StockDifference[] {
  const [beforeAt, projectedAt, afterAt] = [byPlace(before.levels), byPlace(d1.levels), byPlace(after.levels)];
  const places = new Map<string, Place>([...afterAt, ...projectedAt]);
  return [...places].flatMap(([key, { variantId, warehouseId }]) => {
    const [earlier, projected, later] = [beforeAt.get(key), projectedAt.get(key), afterAt.get(key)];
    const minVersion = earlier?.flushedVersion ?? 0;
    const maxVersion = later?.version ?? 0;
    const at = { productId: d1.productId, where: "projection", variantId, warehouseId } as const;
    const differs = (what: StockDifference["what"], expected: number, actual: number | null): StockDifference => {
      return { ...at, what, expected, found: actual };
    };
    if (!projected) return minVersion > 0 ? [differs("version", maxVersion, null)] : [];
    if (projected.version < minVersion || projected.version > maxVersion)
      return [differs("version", maxVersion, projected.version)];
    const same = [earlier, later].find((level) => level?.version === projected.version);
    if (!same) return [];
    return UNITS.flatMap(([units, what]) =>
      same[units] === projected[units] ? [] : [differs(what, same[units], projected[units])],
    );
  });
}

function movementDifferences(before: StockReport, d1: ProjectedStock, after: StockReport): StockDifference[] {
  const figures = [
    ["movements", before.told.count, d1.told.count, before.told.count === d1.told.count],
    ["moved_units", before.told.units, d1.told.units, before.told.units === d1.told.units],
    ["newest_movement", after.newestSeq, d1.newestSeq, d1.newestSeq <= after.newestSeq],
  ] as const;
  return figures.flatMap(([what, expected, found, isRight]) => (isRight ? [] : [ofProduct(d1, what, expected, found)]));
}

/** Only flushes write the sums, so they are compared only if everything was flushed and nothing changed between the reports. */
function sumDifferences(before: StockReport, d1: ProjectedStock, after: StockReport): StockDifference[] {
  if (!isUpToDate(before) || !isUpToDate(after) || versionsOf(before) !== versionsOf(after)) return [];
  if (!d1.sums) return before.levels.length > 0 ? [ofProduct(d1, "product_row", 1, null)] : [];
  const { sums } = d1;
  return UNITS.flatMap(([units, what]) => {
    const sum = after.levels.reduce((total, level) => total + level[units], 0);
    return sums[units] === sum ? [] : [ofProduct(d1, `product_${what}` as const, sum, sums[units])];
  });
}

function ofProduct(
  { productId }: ProjectedStock,
  what: StockDifference["what"],
  expected: number,
  found: number | null,
): StockDifference {
  return { productId, where: "projection", what, variantId: null, warehouseId: null, expected, found };
}

/** Whether everything is flushed. */
function isUpToDate({ owesFlush, levels }: StockReport): boolean {
  return !owesFlush && levels.every(({ version, flushedVersion }) => version === flushedVersion);
}

function versionsOf({ levels }: StockReport): string {
  return levels
    .map((level) => `${keyOf(level)} ${level.version}`)
    .toSorted()
    .join();
}

function byPlace<L extends Place>(levels: readonly L[]): Map<string, L> {
  return new Map(levels.map((level) => [keyOf(level), level]));
}

function keyOf({ variantId, warehouseId }: Place): string {
  return `${variantId}\u0000${warehouseId}`;
}
