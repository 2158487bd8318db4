import type { Deps } from "../deps.ts";
import { findWarehouses } from "./queries.ts";
import { type Destination, rankingQuery, rankOrRefuse } from "./ranking.ts";
import type { Ranking, Warehouse } from "./rules/rank.ts";

/** Lists the active warehouses in their fixed order, as D1 has them now. */
export async function listWarehouses(deps: Deps): Promise<Warehouse[]> {
  const { all } = await deps.db.batch("list warehouses", { all: findWarehouses() });
  return all.filter(({ status }) => status === "active").toSorted((a, b) => a.position - b.position);
}

/**
 * Ranks the warehouses that ship to a destination.
 * @throws Refusal `country_not_served`
 */
export async function nearestWarehouses(deps: Deps, destination: Destination): Promise<Ranking> {
  const { rank } = await deps.db.batch("nearest warehouses", { rank: rankingQuery(deps, destination) });
  return rankOrRefuse(rank, destination.country, { selfService: false });
}
