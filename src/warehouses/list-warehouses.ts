import type { Deps } from "../deps.ts";
import { findWarehouses } from "./queries.ts";
import type { Warehouse } from "./rules/rank.ts";

/** The active warehouses in their fixed order, as they are now. */
export async function listWarehouses(deps: Deps): Promise<Warehouse[]> {
  const { all } = await deps.db.batch("list warehouses", { all: findWarehouses() });
  return all.filter(({ status }) => status === "active").toSorted((a, b) => a.position - b.position);
}
