import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { findWarehouse, updateWarehouse } from "./queries.ts";
import type { Warehouse, WarehouseFields } from "./rules/rank.ts";

/**
 * Changes fields of a warehouse; concurrent changes of different fields are both kept.
 * @throws Refusal `not_found`
 */
export async function changeWarehouse(
  deps: Deps,
  keyed: Keyed | undefined,
  warehouseId: string,
  changes: Partial<WarehouseFields>,
): Promise<Written<Warehouse>> {
  const written = await writeOnce(deps, keyed, () => plan(deps, warehouseId, changes));
  delete deps.cache.warehouses;
  return written;
}

async function plan(deps: Deps, warehouseId: string, changes: Partial<WarehouseFields>): Promise<Plan<Warehouse>> {
  const { before } = await deps.db.batch("read warehouse", { before: findWarehouse(warehouseId) });
  if (!before) throw new Refusal("not_found", `There is no warehouse ${warehouseId}.`);
  const queries = Object.keys(changes).length > 0 ? [updateWarehouse(warehouseId, changes)] : [];
  const after = { ...before, ...changes };
  const change = { action: "warehouse.change", recordType: "warehouse", recordId: warehouseId, before, after };
  return { queries, changes: [change], answer: after, status: 200 };
}
