import { SOLD } from "../clients/shop.ts";

/** Quantities by key: a variant, or a variant and more. */
export type Units = Map<string, number>;

/** A line as requests and answers carry it. */
export interface LineJson {
  product_id: string;
  variant_id: string;
  quantity: number;
}

/** Adds a quantity to a key; a sum of zero has no entry. */
export function add(units: Units, key: string, quantity: number): Units {
  const sum = (units.get(key) ?? 0) + quantity;
  if (sum === 0) units.delete(key);
  else units.set(key, sum);
  return units;
}

/** Sums rows by key. */
export function sumBy<R>(rows: Iterable<R>, keyOf: (row: R) => string, quantityOf: (row: R) => number): Units {
  const units: Units = new Map();
  for (const row of rows) add(units, keyOf(row), quantityOf(row));
  return units;
}

/** The stock that lines take, by variant: a bundle takes its components. */
export function stockUnitsOf(lines: readonly LineJson[]): Units {
  const units: Units = new Map();
  for (const { variant_id: variantId, quantity } of lines) {
    const takes = SOLD.find((each) => each.variantId === variantId)?.takes ?? new Map([[variantId, 1]]);
    for (const [stockedId, each] of takes) add(units, stockedId, each * quantity);
  }
  return units;
}

/** Formats quantities in a canonical order, so that equal ones give equal texts. */
export function format(units: Units): string {
  const entries = [...units].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, quantity]) => `${key} ${quantity}`).join(", ") || "nothing";
}

/** @returns a finding if the quantities differ */
export function compareUnits(what: string, expected: Units, found: Units): string[] {
  return format(expected) === format(found) ? [] : [`${what}: expected ${format(expected)}; found ${format(found)}`];
}

/** @returns a finding for each id that is on one side only, with the text for that side */
export function unmatched(
  what: string,
  expected: ReadonlySet<string>,
  found: ReadonlySet<string>,
  texts: readonly [string, string] = ["acknowledged but missing", "present but never acknowledged"],
): string[] {
  return [
    ...[...expected].filter((id) => !found.has(id)).map((id) => `${what}: ${texts[0]}: ${id}`),
    ...[...found].filter((id) => !expected.has(id)).map((id) => `${what}: ${texts[1]}: ${id}`),
  ];
}

/** The variant and warehouse of a row, as a text. */
export function placeOf({
  variant_id: variantId,
  warehouse_id: warehouseId,
}: {
  variant_id: string;
  warehouse_id: string;
}): string {
  return `${variantId} in ${warehouseId}`;
}
