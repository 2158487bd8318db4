import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { requireMatch } from "../writes/require-match.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { findContents, findWarehouse, updateWarehouse } from "./queries.ts";
import { isEmpty, type WarehouseContents } from "./rules/contents.ts";
import type { KeptWarehouse, Warehouse, WarehouseFields } from "./rules/rank.ts";

/** The column that `updateWarehouse` sets to NULL where the warehouse has changed or is not empty. */
const GUARD = "warehouses.status";

/**
 * Changes fields of a warehouse; concurrent changes of different fields are both kept. Only an empty one is archived.
 * @throws Refusal `not_found`; `precondition_failed`; `warehouse_not_empty` saying what is there; `idempotency_key_reused`; `unresolved`
 */
export async function changeWarehouse(
  deps: Deps,
  keyed: Keyed | undefined,
  warehouseId: string,
  changes: Partial<WarehouseFields>,
): Promise<Written<KeptWarehouse>> {
  const written = await writeGuarded(deps, keyed, GUARD, () => plan(deps, warehouseId, changes));
  delete deps.cache.warehouses;
  return written;
}

async function plan(deps: Deps, warehouseId: string, changes: Partial<WarehouseFields>): Promise<Plan<KeptWarehouse>> {
  const isArchived = changes.status === "archived";
  const { before, contents } = await deps.db.batch("read warehouse", {
    before: findWarehouse(warehouseId),
    contents: isArchived ? findContents(warehouseId) : undefined,
  });
  if (!before) throw new Refusal("not_found", `There is no warehouse ${warehouseId}.`);
  requireMatch(deps, before.revision);
  if (before.status === "active" && contents && !isEmpty(contents)) throw notEmpty(before, contents);
  const isChanged = Object.keys(changes).length > 0;
  const queries = isChanged ? [updateWarehouse(before, changes)] : [];
  const after = { ...before, ...changes, revision: before.revision + Number(isChanged) };
  const change = { action: "warehouse.change", recordType: "warehouse", recordId: warehouseId, before, after };
  return { queries, changes: [change], answer: after, status: 200 };
}

function notEmpty({ warehouseId }: Warehouse, contents: WarehouseContents): Refusal {
  const { onHand, openTransfers, unshippedOrders, pendingMovements } = contents;
  const detail =
    `${onHand} units are on hand in ${warehouseId}, ${unshippedOrders} orders are to leave it, and ${openTransfers} transfers and ` +
    `${pendingMovements} other movements are open. Move the units out and close the rest first.`;
  return new Refusal("warehouse_not_empty", detail, {
    members: {
      warehouse_id: warehouseId,
      on_hand: onHand,
      reserved: contents.reserved,
      allocated: contents.allocated,
      open_transfers: openTransfers,
      unshipped_orders: unshippedOrders,
      pending_movements: pendingMovements,
      products: contents.products.map((each) => ({
        product_id: each.productId,
        variant_id: each.variantId,
        on_hand: each.onHand,
        reserved: each.reserved,
        allocated: each.allocated,
      })),
      transfers: contents.transfers,
      orders: contents.orders,
    },
  });
}
