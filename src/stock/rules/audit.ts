import type { Difference, StockReport } from "./messages.ts";
import type { Level, Place } from "./levels.ts";

/** What D1 has of a product's stock. */
export interface ProjectedStock {
  productId: string;
  levels: Level[];
  /** The movements up to the number that its object says D1 was told: how many, and the units that they add up to. */
  told: { count: number; units: number };
  newestSeq: number;
  /** The sums that lists show; `null` where there is no row. */
  sums: { onHand: number; reserved: number } | null;
}

/** One figure that is not what it has to be. `where` says whose: the ledger's is nobody's to repair. */
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
    | "product_reserved";
  variantId: string | null;
  warehouseId: string | null;
  expected: number;
  /** `null` where there is nothing. */
  found: number | null;
}

/** Where an object's levels do not agree with its ledger or its holds. */
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
 * Where the projection is not what the object said before it was read and says after it. An order's batch, or a flush, may have
 * written in between, and what is still owed to D1 is no difference: D1 may have no less than it was told before, and no more than
 * there is after.
 */
export function projectionDifferences(before: StockReport, d1: ProjectedStock, after: StockReport): StockDifference[] {
  return [
    ...levelDifferences(before, d1, after),
    ...movementDifferences(before, d1, after),
    ...sumDifferences(before, d1, after),
  ];
}

function levelDifferences(before: StockReport, d1: ProjectedStock, after: StockReport): StockDifference[] {
  const [knownAt, foundAt, nowAt] = [byPlace(before.levels), byPlace(d1.levels), byPlace(after.levels)];
  const places = new Map<string, Place>([...nowAt, ...foundAt]);
  return [...places].flatMap(([key, { variantId, warehouseId }]) => {
    const [known, found, now] = [knownAt.get(key), foundAt.get(key), nowAt.get(key)];
    const least = known?.flushedVersion ?? 0;
    const most = now?.version ?? 0;
    const at = { productId: d1.productId, where: "projection", variantId, warehouseId } as const;
    const differs = (what: StockDifference["what"], expected: number, is: number | null): StockDifference => {
      return { ...at, what, expected, found: is };
    };
    if (!found) return least > 0 ? [differs("version", most, null)] : [];
    if (found.version < least || found.version > most) return [differs("version", most, found.version)];
    const same = [known, now].find((level) => level?.version === found.version);
    if (!same) return [];
    return [
      ...(same.onHand === found.onHand ? [] : [differs("on_hand", same.onHand, found.onHand)]),
      ...(same.reserved === found.reserved ? [] : [differs("reserved", same.reserved, found.reserved)]),
    ];
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

/** The sums are written by flushes alone, so they are compared only where nothing was owed to D1 and nothing moved meanwhile. */
function sumDifferences(before: StockReport, d1: ProjectedStock, after: StockReport): StockDifference[] {
  if (!isUpToDate(before) || !isUpToDate(after) || versionsOf(before) !== versionsOf(after)) return [];
  if (!d1.sums) return before.levels.length > 0 ? [ofProduct(d1, "product_row", 1, null)] : [];
  const { onHand, reserved } = d1.sums;
  const sum = (units: "onHand" | "reserved") => after.levels.reduce((total, level) => total + level[units], 0);
  return [
    ...(onHand === sum("onHand") ? [] : [ofProduct(d1, "product_on_hand", sum("onHand"), onHand)]),
    ...(reserved === sum("reserved") ? [] : [ofProduct(d1, "product_reserved", sum("reserved"), reserved)]),
  ];
}

function ofProduct(
  { productId }: ProjectedStock,
  what: StockDifference["what"],
  expected: number,
  found: number | null,
): StockDifference {
  return { productId, where: "projection", what, variantId: null, warehouseId: null, expected, found };
}

/** D1 was told all. */
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
