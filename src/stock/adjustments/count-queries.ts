import { sql } from "drizzle-orm";
import { products, variants } from "../../catalog/tables.ts";
import { type Query, rows } from "../../db/client.ts";
import { warehouses } from "../../warehouses/tables.ts";
import type { ListedCount } from "../rules/count-file.ts";
import { stockLevels } from "../tables.ts";

/** What D1 knows of a row of a count file. */
export interface CountPlace {
  /** The row's index in the list. */
  index: number;
  productId: string | null;
  variantId: string | null;
  isBundle: 0 | 1 | null;
  warehouseStatus: string | null;
  onHand: number;
}

/** Finds variants by their SKUs, and how many units of each D1 has in the warehouse of the row. */
export function findCountPlaces(wanted: readonly { sku: string; warehouseId: string }[]): Query<CountPlace[]> {
  return rows(sql`
    SELECT w.key AS "index", v.product_id AS "productId", v.variant_id AS "variantId", p.is_bundle AS "isBundle",
      h.status AS "warehouseStatus", coalesce(l.on_hand, 0) AS "onHand"
    FROM json_each(${JSON.stringify(wanted)}) w
    LEFT JOIN ${variants} v ON v.sku = w.value->>'sku'
    LEFT JOIN ${products} p ON p.product_id = v.product_id
    LEFT JOIN ${warehouses} h ON h.warehouse_id = w.value->>'warehouseId'
    LEFT JOIN ${stockLevels} l
      ON l.product_id = v.product_id AND l.variant_id = v.variant_id AND l.warehouse_id = w.value->>'warehouseId'
    ORDER BY w.key`);
}

/** The key of a level in the order of exports. */
export type CountKey = readonly [productId: string, variantId: string, warehouseId: string];

/** Reads a page of levels in the order of their keys. @param warehouseId of one warehouse; undefined for all */
export function findCounts(after: CountKey | undefined, warehouseId: string | undefined, size: number): Query<ListedCount[]> {
  const [productId, variantId, place] = after ?? ["", "", ""];
  const inWarehouse = warehouseId === undefined ? sql`true` : sql`l.warehouse_id = ${warehouseId}`;
  return rows(sql`
    SELECT v.sku, l.product_id AS "productId", l.variant_id AS "variantId", p.name, l.warehouse_id AS "warehouseId", l.on_hand AS "onHand"
    FROM ${stockLevels} l
    CROSS JOIN ${variants} v ON v.product_id = l.product_id AND v.variant_id = l.variant_id
    CROSS JOIN ${products} p ON p.product_id = l.product_id
    WHERE (l.product_id, l.variant_id, l.warehouse_id) > (${productId}, ${variantId}, ${place}) AND ${inWarehouse}
    ORDER BY l.product_id, l.variant_id, l.warehouse_id LIMIT ${size}`);
}
