import type { State } from "./read-state.ts";
import { compareUnits, placeOf, sumBy } from "./units.ts";

// What left for orders, and what came back of them, in D1 and in the ledgers.

/** Checks shipments and returns. */
export function checkParcels(state: State): string[] {
  return [...checkShipped(state), ...checkReturned(state)];
}

/** Each shipment of D1 left the shelf once, and nothing else did; of a completed order everything is in a shipment. */
function checkShipped({ d1, objects }: State): string[] {
  const shipped = sumBy(
    objects.flatMap(({ movements }) => movements.filter(({ kind }) => kind === "ship")),
    (move) => `${move.reference_id}: ${placeOf(move)}`,
    (move) => -move.delta_on_hand,
  );
  const due = sumBy(
    d1(`SELECT hold_id, shipment_id, variant_id, warehouse_id, quantity
      FROM shipment_items JOIN shipments USING (order_id, shipment_id) JOIN orders USING (order_id)`),
    (row) => `${row["hold_id"]}/${row["shipment_id"]}: ${row["variant_id"]} in ${row["warehouse_id"]}`,
    (row) => Number(row["quantity"]),
  );
  const left = d1(`SELECT order_id, variant_id, quantity, shipped FROM order_allocations JOIN orders USING (order_id)
    WHERE status IN ('COMPLETED', 'RETURNED') AND quantity > shipped + cancelled`);
  const recorded = sumBy(
    d1("SELECT order_id, variant_id, shipped FROM order_allocations WHERE shipped > 0"),
    (row) => `${row["order_id"]}: ${row["variant_id"]}`,
    (row) => Number(row["shipped"]),
  );
  const inParcels = sumBy(
    d1("SELECT order_id, variant_id, quantity FROM shipment_items"),
    (row) => `${row["order_id"]}: ${row["variant_id"]}`,
    (row) => Number(row["quantity"]),
  );
  return [
    ...compareUnits("shipped by orders", due, shipped),
    ...compareUnits("allocations that left", inParcels, recorded),
    ...left.map((row) => `completed but not shipped: ${JSON.stringify(row)}`),
  ];
}

/** The sellable units of each return of D1 came in once, in their warehouse, and nothing else came back. */
function checkReturned({ d1, objects }: State): string[] {
  const came = sumBy(
    objects.flatMap(({ movements }) => movements.filter(({ kind }) => kind === "return")),
    (move) => `${move.reference_id.split("/")[0]}: ${placeOf(move)}`,
    (move) => move.delta_on_hand,
  );
  const due = sumBy(
    d1("SELECT return_id, variant_id, warehouse_id, quantity FROM return_items WHERE condition = 'sellable'"),
    (row) => `${row["return_id"]}: ${row["variant_id"]} in ${row["warehouse_id"]}`,
    (row) => Number(row["quantity"]),
  );
  return compareUnits("returned to warehouses", due, came);
}
