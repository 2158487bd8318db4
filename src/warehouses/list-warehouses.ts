import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { findWarehouse, findWarehouses } from "./queries.ts";
import { type Destination, rankingQuery, rankOrRefuse } from "./ranking.ts";
import type { KeptWarehouse, Ranking, Warehouse } from "./rules/rank.ts";

/** Lists the warehouses of a status in their fixed order, as D1 has them now. */
export async function listWarehouses(deps: Deps, wanted: Warehouse["status"]): Promise<Warehouse[]> {
  const { all } = await deps.db.batch("list warehouses", { all: findWarehouses() });
  return all.filter(({ status }) => status === wanted).toSorted((a, b) => a.position - b.position);
}

/** Shows one warehouse, active or archived. @throws Refusal `not_found` */
export async function showWarehouse(deps: Deps, warehouseId: string): Promise<KeptWarehouse> {
  const { warehouse } = await deps.db.batch("read warehouse", { warehouse: findWarehouse(warehouseId) });
  if (!warehouse) throw new Refusal("not_found", `There is no warehouse ${warehouseId}.`);
  return warehouse;
}

/**
 * Ranks the warehouses that ship to a destination.
 * @throws Refusal `country_not_served`
 */
export async function nearestWarehouses(deps: Deps, destination: Destination): Promise<Ranking> {
  const { rank } = await deps.db.batch("nearest warehouses", { rank: rankingQuery(deps, destination) });
  return rankOrRefuse(rank, destination.country, { selfService: false });
}
