import type { Deps } from "../../deps.ts";
import { type Destination, type RankFor, rankOrRefuse } from "../../warehouses/ranking.ts";
import type { Ranking } from "../../warehouses/rules/rank.ts";
import type { Sourcing } from "../rules/availability.ts";

/** Where somebody asks from; a country that is not named is the shop's. */
export type RequestedDestination = Omit<Destination, "country"> & { country?: string | undefined };

/** The destination that a ranking is made for. */
export function destinationOf(deps: Deps, { country = deps.config.country, ...asker }: RequestedDestination): Destination {
  return { ...asker, country };
}

/**
 * Who may supply an order of the asker's.
 * @throws Refusal `country_not_served` for a country that was named; where the shop's own has no warehouse there is just no stock
 */
export function sourcingOf(deps: Deps, asker: RequestedDestination, rank: RankFor): { ranking: Ranking; sourcing: Sourcing } {
  const any = { selfService: false };
  const ranking = asker.country === undefined ? rank(any) : rankOrRefuse(rank, asker.country, any);
  const warehouseIds = ranking.ranking.map(({ warehouse }) => warehouse.warehouseId);
  return { ranking, sourcing: { policy: deps.config.allocationPolicy, ranking: warehouseIds } };
}
