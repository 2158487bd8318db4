import type { Point } from "./distance.ts";

/** A shorter shared beginning says too little: in India one digit is a zone of several states. */
const MIN_SHARED_PREFIX = 2;

/** A postal code whose place is known; `code` is normalised. */
export interface KnownCode extends Point {
  code: string;
}

/** Where a postal code lies. `matched` is the code, or the beginning of it, that is known. */
export interface Place {
  point: Point;
  matched: string;
  exact: boolean;
}

/** Writes a postal code as it is stored and compared: upper case, only letters and digits. `sw1a 1aa` is `SW1A1AA`. */
export function normalisePostalCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

/**
 * Finds the place of a postal code: its own, else that of the known code which shares its longest beginning.
 * @param code normalised
 * @param neighbours the known codes right before and right after it in sort order, or the code itself. No other can share more:
 *   whatever shares a beginning with it stands between it and any code that shares less.
 * @returns `undefined` when fewer than `MIN_SHARED_PREFIX` characters are shared with both
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
