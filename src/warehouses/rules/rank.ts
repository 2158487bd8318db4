import { distanceKm, type Point } from "./distance.ts";
import type { Place } from "./postal-code.ts";

/** A warehouse as ranking and answers need it. */
export interface Warehouse extends Point {
  warehouseId: string;
  position: number;
  name: string;
  status: "active" | "archived";
  country: string;
  postalCode: string;
  allowsSelfService: boolean;
  /** Prefixes of normalised postal codes; where one matches, the longest beats distance. */
  servedPostalCodes: string[];
  shipsTo: string[];
}

/** What of a warehouse may change. */
export type WarehouseFields = Omit<Warehouse, "warehouseId" | "position">;

/** Where Cloudflare believes a client to be, by its address. */
export interface Edge extends Point {
  country: string;
}

/** Where an order goes, as far as it is known. `postalCode` is normalised. */
export interface Customer {
  country: string;
  postalCode?: string | undefined;
  place?: Place | undefined;
  edge?: Edge | undefined;
}

/** A warehouse in its rank. `distanceKm` is null when the customer's place is unknown, `servedPrefix` when none matches. */
export interface Ranked {
  warehouse: Warehouse;
  distanceKm: number | null;
  servedPrefix: string | null;
}

/** What the first rank was decided by. */
export const RANKED_BY = ["served_postal_code", "distance", "edge_location", "default"] as const;
export type RankedBy = (typeof RANKED_BY)[number];

export const LOCATION_SOURCES = ["postal_code", "postal_code_prefix", "edge", "unknown"] as const;

/** Where the customer was taken to be, and how that is known. */
export interface Location {
  source: (typeof LOCATION_SOURCES)[number];
  postalCode: string | null;
  /** The known postal code, or the beginning of the given one that is known. */
  matched: string | null;
  point: Point | null;
}

export interface Ranking {
  /** First choice first; empty when no warehouse may supply. */
  ranking: Ranked[];
  rankedBy: RankedBy;
  location: Location;
}

/**
 * Ranks the active warehouses that ship to a customer: the longest served prefix of the postal code first, then the nearest,
 * then their fixed order.
 * @param options `selfService` keeps only warehouses that hand orders over themselves
 */
export function rankWarehouses(list: readonly Warehouse[], customer: Customer, options: { selfService: boolean }): Ranking {
  const location = locationOf(customer);
  const ranking = list
    .filter((each) => each.status === "active" && each.shipsTo.includes(customer.country))
    .filter((each) => each.allowsSelfService || !options.selfService)
    .map((warehouse) => ({
      warehouse,
      distanceKm: location.point && distanceKm(location.point, warehouse),
      servedPrefix: longestPrefix(warehouse.servedPostalCodes, customer.postalCode),
    }))
    .toSorted(compare);
  return { ranking, rankedBy: rankedBy(ranking[0], location), location };
}

/** The edge's estimate counts only in the order's own country: a traveller abroad is no guide to where the order goes. */
function locationOf({ country, place, edge, ...customer }: Customer): Location {
  const postalCode = customer.postalCode ?? null;
  if (place) {
    const source = place.exact ? "postal_code" : "postal_code_prefix";
    return { source, postalCode, matched: place.matched, point: place.point };
  }
  if (edge?.country !== country) return { source: "unknown", postalCode, matched: null, point: null };
  const point = { latitude: edge.latitude, longitude: edge.longitude };
  return { source: "edge", postalCode, matched: null, point };
}

function longestPrefix(prefixes: readonly string[], postalCode: string | undefined): string | null {
  const matching = prefixes.filter((prefix) => postalCode?.startsWith(prefix) === true);
  return matching.reduce<string | null>((best, prefix) => (best !== null && best.length >= prefix.length ? best : prefix), null);
}

function compare(a: Ranked, b: Ranked): number {
  return (
    (b.servedPrefix?.length ?? 0) - (a.servedPrefix?.length ?? 0) ||
    (a.distanceKm ?? 0) - (b.distanceKm ?? 0) ||
    a.warehouse.position - b.warehouse.position ||
    (a.warehouse.warehouseId < b.warehouse.warehouseId ? -1 : 1)
  );
}

function rankedBy(first: Ranked | undefined, { source }: Location): RankedBy {
  if (first && first.servedPrefix !== null) return "served_postal_code";
  if (source === "unknown") return "default";
  return source === "edge" ? "edge_location" : "distance";
}
