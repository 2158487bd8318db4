import { get } from "../http/requests.ts";
import { inStock } from "../orders/http.ts";
import { sqlIn, sqlInD1 } from "./stock.ts";

/** Requests a list of the inventory as an admin. */
export function askInventory(path: string, query: Record<string, string> = {}, accept = "application/json"): Promise<Response> {
  const options = { admin: true, headers: { Accept: accept } };
  return get(`/api/v1/inventory/${path}?${new URLSearchParams(query).toString()}`, options);
}

/** The kinds and quantities of all movements in a product's object, oldest first. */
export async function allMovementsOf(productId: string): Promise<string[]> {
  const query = `SELECT kind, max(abs(delta_on_hand), abs(delta_reserved), abs(delta_allocated)) AS units FROM movements ORDER BY seq`;
  const rows = await sqlIn<{ kind: string; units: number }>(productId, query);
  return rows.map(({ kind, units }) => `${kind} ${units}`);
}

/** Inserts movements of a product directly into the projection: `at_ms` and kind of each, oldest first. */
export async function moved(
  movements: readonly (readonly [atMs: number, kind: string])[],
  more = { warehouseId: "BLR", actor: "admin" },
) {
  const productId = await inStock({});
  const rows = movements.map(([atMs, kind], index) => ({ atMs, kind, seq: index + 1 }));
  await sqlInD1(
    `INSERT INTO stock_movements (product_id, seq, kind, variant_id, warehouse_id, delta_on_hand, on_hand_after, reference_type,
       reference_id, actor, at_ms)
     SELECT ?, value->>'seq', value->>'kind', 'v', ?, 1, 1, 'adjustment', 'ADJ', ?, value->>'atMs' FROM json_each(?)`,
    productId,
    more.warehouseId,
    more.actor,
    JSON.stringify(rows),
  );
  return { productId, idOf: (seq: number) => `${productId}:${seq}` };
}
