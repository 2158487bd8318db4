import type { Point } from "./distance.ts";

/** A shorter common prefix is too vague: in India, one digit is a zone of several states. */
const MIN_SHARED_PREFIX = 2;

/** A postal code with a known location; `code` is normalised. */
export interface KnownCode extends Point {
  code: string;
}

/** The location of a postal code. `matched` is the known part of the code: all of it, or a prefix. */
export interface Place {
  point: Point;
  matched: string;
  exact: boolean;
}

/** Normalises a postal code for storage and comparison: upper case, only letters and digits. `sw1a 1aa` becomes `SW1A1AA`. */
export function normalisePostalCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

/**
 * Finds the location of a postal code: its own, else that of the known code with the longest common prefix.
 * @param code normalised
 * @param neighbours the known codes right before and after it in sort order, or the code itself. No other code has a longer common
 *   prefix, because codes with a common prefix are adjacent in sort order.
 * @returns `undefined` if both have fewer than `MIN_SHARED_PREFIX` characters in common with it
 */
export function placeOf(code: string, neighbours: readonly KnownCode[]): Place | undefined {
  let best: Place | undefined;
  for (const known of neighbours) {
    const shared = sharedPrefix(code, known.code);
    const exact = known.code === code;
    const isUsable = exact || shared.length >= MIN_SHARED_PREFIX;
    if (!isUsable || (best && !exact && shared.length <= best.matched.length)) continue;
    best = { point: { latitude: known.latitude, longitude: known.longitude }, matched: shared, exact };
  }
  return best;
}

function sharedPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
