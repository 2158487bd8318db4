import { distanceKm, type Point } from "./distance.ts";
import type { Place } from "./locate.ts";
import { hasPrefix } from "./postal-code.ts";
import { assignedCode } from "../../rules/countries.ts";

/** A warehouse. */
export interface Warehouse extends Point {
  warehouseId: string;
  position: number;
  name: string;
  status: "active" | "archived";
  country: string;
  postalCode: string;
  allowsSelfService: boolean;
  /** Beginnings of postal codes, each a whole part of a British code; the longest match takes precedence over distance. */
  servedPostalCodes: string[];
  shipsTo: string[];
}

/** A stored warehouse with the codes that its countries have today: releases up to 0.3.0 stored `UK` as it was given. */
export function inPresentCountries(stored: Warehouse): Warehouse {
  return { ...stored, country: assignedCode(stored.country), shipsTo: stored.shipsTo.map(assignedCode) };
}

/** A warehouse with the number of its changes, which D1 counts. */
export interface KeptWarehouse extends Warehouse {
  revision: number;
}

/** The fields of a warehouse that may change. */
export type WarehouseFields = Omit<Warehouse, "warehouseId" | "position">;

/** The location of a client by its IP address, estimated by Cloudflare. */
export interface Edge extends Point {
  country: string;
}

/** The destination of an order, as far as it is known. `postalCode` is normalised. */
export interface Customer {
  country: string;
  postalCode?: string | undefined;
  place?: Place | undefined;
  edge?: Edge | undefined;
}

/** A warehouse in a ranking. `distanceKm` is null if the customer's location is unknown, `servedPrefix` if none matches. */
export interface Ranked {
  warehouse: Warehouse;
  distanceKm: number | null;
  servedPrefix: string | null;
}

/** The criterion that decided the first rank. */
export const RANKED_BY = ["served_postal_code", "distance", "edge_location", "default"] as const;
export type RankedBy = (typeof RANKED_BY)[number];

export const LOCATION_SOURCES = ["postal_code", "postal_code_prefix", "edge", "unknown"] as const;

/** The assumed location of the customer, and its source. */
export interface Location {
  source: (typeof LOCATION_SOURCES)[number];
  postalCode: string | null;
  /** The known part of the postal code: all of it, or a prefix. */
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
 * @param options `selfService` keeps only warehouses where customers may collect orders
 */
export function rankWarehouses(list: readonly Warehouse[], customer: Customer, options: { selfService: boolean }): Ranking {
  const location = locationOf(customer);
  const ranking = list
    .filter((each) => each.status === "active" && each.shipsTo.includes(customer.country))
    .filter((each) => each.allowsSelfService || !options.selfService)
    .map((warehouse) => ({
      warehouse,
      distanceKm: location.point && distanceKm(location.point, warehouse),
      servedPrefix: longestPrefix(warehouse.servedPostalCodes, customer),
    }))
    .toSorted(compare);
  return { ranking, rankedBy: rankedBy(ranking[0], location), location };
}

/** The edge's estimate is used only within the destination's country: a customer abroad does not order to where they are. */
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

function longestPrefix(prefixes: readonly string[], { country, postalCode }: Customer): string | null {
  const matching = prefixes.filter((prefix) => postalCode !== undefined && hasPrefix(country, postalCode, prefix));
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
