import type { Deps } from "../../deps.ts";
import { type Destination, type RankFor, rankOrRefuse } from "../../warehouses/ranking.ts";
import type { Ranking } from "../../warehouses/rules/rank.ts";
import type { Sourcing } from "../rules/availability.ts";

/** The destination in a request; the country defaults to the shop's. */
export type RequestedDestination = Omit<Destination, "country"> & { country?: string | undefined };

/** The destination that a ranking is made for. */
export function destinationOf(deps: Deps, { country = deps.config.country, ...asker }: RequestedDestination): Destination {
  return { ...asker, country };
}

/**
 * The warehouses that may supply an order for the destination.
 * @throws Refusal `country_not_served` for a country in the request; if no warehouse ships to the shop's own, nothing is available
 */
export function sourcingOf(deps: Deps, asker: RequestedDestination, rank: RankFor): { ranking: Ranking; sourcing: Sourcing } {
  const any = { selfService: false };
  const ranking = asker.country === undefined ? rank(any) : rankOrRefuse(rank, asker.country, any);
  const warehouseIds = ranking.ranking.map(({ warehouse }) => warehouse.warehouseId);
  return { ranking, sourcing: { policy: deps.config.allocationPolicy, ranking: warehouseIds } };
}
