import { SOLD } from "../clients/shop.ts";

/** Units by what they are of: a variant, or a variant and more. */
export type Units = Map<string, number>;

/** A line as requests and answers carry it. */
export interface LineJson {
  product_id: string;
  variant_id: string;
  quantity: number;
}

/** Adds units; what comes to none is no entry. */
export function add(units: Units, of: string, quantity: number): Units {
  const sum = (units.get(of) ?? 0) + quantity;
  if (sum === 0) units.delete(of);
  else units.set(of, sum);
  return units;
}

/** The sum of some rows by a name of each. */
export function sumBy<R>(rows: Iterable<R>, nameOf: (row: R) => string, quantityOf: (row: R) => number): Units {
  const units: Units = new Map();
  for (const row of rows) add(units, nameOf(row), quantityOf(row));
  return units;
}

/** What lines take of the stock, by variant: a bundle takes its components. */
export function takenBy(lines: readonly LineJson[]): Units {
  const units: Units = new Map();
  for (const { variant_id: variantId, quantity } of lines) {
    const takes = SOLD.find((each) => each.variantId === variantId)?.takes ?? new Map([[variantId, 1]]);
    for (const [of, each] of takes) add(units, of, each * quantity);
  }
  return units;
}

/** Says units in one line, always in the same order, so that two that are the same read the same. */
export function said(units: Units): string {
  const entries = [...units].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([of, quantity]) => `${of} ${quantity}`).join(", ") || "nothing";
}

/** @returns what differs, as a finding */
export function differing(what: string, expected: Units, found: Units): string[] {
  return said(expected) === said(found) ? [] : [`${what}: expected ${said(expected)}; found ${said(found)}`];
}

/** @returns a finding for each that is on one side alone, in the words of that side */
export function unlike(
  what: string,
  expected: ReadonlySet<string>,
  found: ReadonlySet<string>,
  words: readonly [string, string] = ["acknowledged and not there", "there and never acknowledged"],
): string[] {
  return [
    ...[...expected].filter((id) => !found.has(id)).map((id) => `${what}: ${words[0]}: ${id}`),
    ...[...found].filter((id) => !expected.has(id)).map((id) => `${what}: ${words[1]}: ${id}`),
  ];
}
