import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { failedConstraint, refuseTaken } from "../writes/constraint.ts";
import { writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { insertWarehouse, MAX_WAREHOUSES } from "./queries.ts";
import type { Warehouse } from "./rules/rank.ts";

/** A warehouse to create; it comes last in the fixed order. */
export type NewWarehouse = Omit<Warehouse, "position">;

/**
 * Creates a warehouse.
 * @throws Refusal `already_exists`; `validation_failed` if the shop has `MAX_WAREHOUSES` already
 */
export async function createWarehouse(
  deps: Deps,
  keyed: Keyed | undefined,
  warehouse: NewWarehouse,
): Promise<Written<NewWarehouse>> {
  const { warehouseId: recordId } = warehouse;
  const plan = {
    queries: [insertWarehouse(warehouse)],
    changes: [{ action: "warehouse.create", recordType: "warehouse", recordId, after: warehouse }],
    answer: warehouse,
    status: 201 as const,
  };
  const written = await writeOnce(deps, keyed, () => Promise.resolve(plan), takenRefusal);
  delete deps.cache.warehouses;
  return written;
}

function takenRefusal(error: unknown) {
  if (failedConstraint(error) === "warehouses.position") {
    return invalidField("warehouse_id", `a shop has at most ${MAX_WAREHOUSES} warehouses`);
  }
  return refuseTaken(error, { "warehouses.warehouse_id": "warehouse_id" });
}
