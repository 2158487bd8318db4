import { britishArea } from "./british-code.ts";
import { isWithin } from "./country-bounds.ts";
import type { KnownCode } from "./locate.ts";
import { isBritish } from "./postal-structures.ts";

/** Why a code's location is not believed. */
export const DROP_REASONS = ["outside_country", "shared_point"] as const;

/** A code that is not stored. */
export interface DroppedCode {
  code: string;
  reason: (typeof DROP_REASONS)[number];
}

/** London is one region of several areas. */
const LONDON = new Set(["E", "EC", "N", "NW", "SE", "SW", "W", "WC"]);

/** Beginnings that are not of the region of their first digit: federal offices in Washington, and El Paso. Source: USPS, three-digit prefixes */
const AWAY_IN_USA: Readonly<Record<string, string>> = { "569": "2", "885": "7" };

/** Countries whose first character is a region of its own. In others a city may have codes with several. */
const FIRST_IS_REGION = new Set("AR AT BE CA CH CN CZ DE ES FI FR GR HU ID IT KR NL PL PT RO RU SE SK TH TR TW UA".split(" "));

/**
 * The codes whose locations can be true. Data sets give places that they do not know a point outside the country, or one point for
 * codes of several regions.
 * @param codes normalised, each once
 */
export function usableCodes(country: string, codes: readonly KnownCode[]): { usable: KnownCode[]; dropped: DroppedCode[] } {
  const regions = regionsByPoint(country, codes);
  const usable: KnownCode[] = [];
  const dropped: DroppedCode[] = [];
  for (const known of codes) {
    const isNowhere = known.latitude === 0 && known.longitude === 0;
    const isShared = (regions.get(pointOf(known))?.size ?? 0) > 1;
    if (isNowhere || !isWithin(country, known)) dropped.push({ code: known.code, reason: "outside_country" });
    else if (isShared) dropped.push({ code: known.code, reason: "shared_point" });
    else usable.push(known);
  }
  return { usable, dropped };
}

function regionsByPoint(country: string, codes: readonly KnownCode[]): Map<string, Set<string>> {
  const regions = new Map<string, Set<string>>();
  for (const known of codes) {
    const region = regionOf(country, known.code);
    if (region === undefined) continue;
    const point = pointOf(known);
    regions.set(point, (regions.get(point) ?? new Set()).add(region));
  }
  return regions;
}

function pointOf({ latitude, longitude }: KnownCode): string {
  return `${latitude} ${longitude}`;
}

/** @returns `undefined` where a code does not say its region */
function regionOf(country: string, code: string): string | undefined {
  // In India the first digit is a zone of several states.
  if (country === "IN") return code.slice(0, 2);
  if (country === "US") return AWAY_IN_USA[code.slice(0, 3)] ?? code.slice(0, 1);
  if (!isBritish(country)) return FIRST_IS_REGION.has(country) ? code.slice(0, 1) : undefined;
  const area = britishArea(code);
  return area !== undefined && LONDON.has(area) ? "London" : area;
}
