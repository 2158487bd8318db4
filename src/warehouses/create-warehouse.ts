import { alternativesOf, idOf } from "../catalog/rules/slug.ts";
import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { failedConstraint, refuseTaken } from "../writes/constraint.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { findWarehouses, insertWarehouse, MAX_WAREHOUSES } from "./queries.ts";
import type { Warehouse } from "./rules/rank.ts";

/** A warehouse to create; it comes last in the fixed order. Without an id it gets one made of its name. */
export type NewWarehouse = Omit<Warehouse, "position" | "warehouseId"> & { warehouseId: string | undefined };
type CreatedWarehouse = Omit<Warehouse, "position">;

/**
 * Creates a warehouse.
 * @throws Refusal `already_exists`; `validation_failed` if the shop has `MAX_WAREHOUSES` already
 */
export async function createWarehouse(
  deps: Deps,
  keyed: Keyed | undefined,
  wanted: NewWarehouse,
): Promise<Written<CreatedWarehouse>> {
  const guards = wanted.warehouseId === undefined ? ["warehouses.warehouse_id"] : [];
  const written = await writeGuarded(deps, keyed, guards, () => plan(deps, wanted), takenRefusal);
  delete deps.cache.warehouses;
  return written;
}

async function plan(deps: Deps, wanted: NewWarehouse): Promise<Plan<CreatedWarehouse>> {
  const warehouseId = wanted.warehouseId ?? (await freeId(deps, wanted.name));
  const warehouse = { ...wanted, warehouseId };
  return {
    queries: [insertWarehouse(warehouse)],
    changes: [{ action: "warehouse.create", recordType: "warehouse", recordId: warehouseId, after: warehouse }],
    answer: warehouse,
    status: 201,
  };
}

async function freeId(deps: Deps, name: string): Promise<string> {
  const { all } = await deps.db.batch("list warehouses", { all: findWarehouses() });
  const taken = new Set(all.map(({ warehouseId }) => warehouseId));
  const random = deps.newTry();
  const choices = alternativesOf(idOf(name) ?? "warehouse", random);
  return choices.find((id) => !taken.has(id)) ?? random;
}

function takenRefusal(error: unknown) {
  if (failedConstraint(error) === "warehouses.position") {
    return invalidField("warehouse_id", `a shop has at most ${MAX_WAREHOUSES} warehouses`);
  }
  return refuseTaken(error, { "warehouses.warehouse_id": "warehouse_id" });
}
