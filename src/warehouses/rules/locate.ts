import type { Point } from "./distance.ts";
import { postalKey, writtenKey } from "./postal-code.ts";
import { levelsOf, numericCodes } from "./postal-structures.ts";

/** A postal code with a known location; `code` is normalised. */
export interface KnownCode extends Point {
  code: string;
}

/** The location of a postal code. `matched` is the known part of the code: all of it, or its beginning. */
export interface Place {
  point: Point;
  matched: string;
  exact: boolean;
}

/**
 * Finds the location of a postal code: its own, else that of the nearest known code in the smallest area that has one. Nearest is by
 * number, because codes that differ little are close to each other.
 * @param code normalised
 * @param neighbours the known codes right before and after it in the order of their keys, or the code itself. The codes of an area stand
 *   together in that order, so no other code is nearer.
 * @returns `undefined` if no known code is in an area of it
 */
export function placeOf(country: string, code: string, neighbours: readonly KnownCode[]): Place | undefined {
  const key = postalKey(country, code);
  const levels = isTooLong(country, code) ? [] : levelsOf(country);
  const found = neighbours
    .map((known) => {
      const knownKey = postalKey(country, known.code);
      const shared = sharedLength(key, knownKey);
      return { known, shared, exact: knownKey === key, distance: distanceOf(key, knownKey), level: levelAt(levels, shared) };
    })
    .filter(({ exact, level }) => exact || level > 0)
    .toSorted((a, b) => Number(b.exact) - Number(a.exact) || b.level - a.level || a.distance - b.distance);
  const [best] = found;
  if (!best) return undefined;
  const { latitude, longitude } = best.known;
  const { exact } = best;
  return { point: { latitude, longitude }, matched: exact ? code : writtenKey(country, key, best.shared), exact };
}

/** A code with more digits than the country's have is another country's, or one of before a reform: its beginning says nothing. */
function isTooLong(country: string, code: string): boolean {
  const numeric = numericCodes(country);
  return numeric !== undefined && code.length > numeric.prefix.length + Math.max(...numeric.lengths);
}

function levelAt(levels: readonly number[], shared: number): number {
  return levels.find((level) => level <= shared) ?? 0;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Keys longer than this differ at the end only by metres. */
const COMPARED = 10;

/** The difference of two keys as numbers. */
function distanceOf(key: string, known: string): number {
  const [a, b] = [key.padEnd(COMPARED), known.padEnd(COMPARED)];
  let difference = 0;
  for (let at = 0; at < COMPARED; at += 1) {
    const hasLetters = /[A-Z]/.test(a[at] ?? "");
    difference = difference * (hasLetters ? 27 : 10) + valueOf(a[at], hasLetters) - valueOf(b[at], hasLetters);
  }
  return Math.abs(difference);
}

/** The value of a character in a place for letters or for digits; one of the other kind has the place's least or greatest. */
function valueOf(character = " ", hasLetters: boolean): number {
  if (/[A-Z]/.test(character)) return hasLetters ? character.charCodeAt(0) - 64 : 9;
  return hasLetters || character === " " ? 0 : Number(character);
}
