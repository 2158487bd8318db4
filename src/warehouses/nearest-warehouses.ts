import type { Deps } from "../deps.ts";
import { type Destination, rankingQuery, rankOrRefuse } from "./rank-for.ts";
import type { Ranking } from "./rules/rank.ts";

/**
 * Ranks the warehouses that ship to a destination.
 * @throws Refusal `country_not_served`
 */
export async function nearestWarehouses(deps: Deps, destination: Destination): Promise<Ranking> {
  const { rank } = await deps.db.batch("nearest warehouses", { rank: rankingQuery(deps, destination) });
  return rankOrRefuse(rank, destination.country, { selfService: false });
}
