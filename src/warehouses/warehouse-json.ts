import type { Location, Ranked, Ranking, Warehouse } from "./rules/rank.ts";

/** Shows a warehouse as `warehouseSchema` promises it. */
export function toWarehouseJson(warehouse: Omit<Warehouse, "position">) {
  return {
    warehouse_id: warehouse.warehouseId,
    name: warehouse.name,
    status: warehouse.status,
    country: warehouse.country,
    postal_code: warehouse.postalCode,
    latitude: warehouse.latitude,
    longitude: warehouse.longitude,
    allows_self_service: warehouse.allowsSelfService,
    served_postal_codes: warehouse.servedPostalCodes,
    ships_to: warehouse.shipsTo,
  };
}

/** Shows a ranking with its criterion. */
export function toRankingJson({ ranking, rankedBy, location }: Ranking) {
  return { ranked_by: rankedBy, location: toLocationJson(location), warehouses: ranking.map(toRankedJson) };
}

/** Shows the assumed location of the customer as `locationSchema` promises it. */
export function toLocationJson({ source, postalCode, matched, point }: Location) {
  return {
    source,
    postal_code: postalCode,
    matched,
    latitude: point?.latitude ?? null,
    longitude: point?.longitude ?? null,
  };
}

/** Kilometres with one decimal: the location is not known more precisely. */
export function roundedKm(distanceKm: number | null): number | null {
  return distanceKm === null ? null : Math.round(distanceKm * 10) / 10;
}

function toRankedJson({ warehouse, distanceKm, servedPrefix }: Ranked) {
  return { ...toWarehouseJson(warehouse), distance_km: roundedKm(distanceKm), served_prefix: servedPrefix };
}
