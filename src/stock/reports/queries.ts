import { type SQL, sql } from "drizzle-orm";
import { products } from "../../catalog/tables.ts";
import { type Query, row, rows } from "../../db/client.ts";
import {
  isByRow,
  type AccessPath,
  type LowStock,
  type PathKey,
  type StockedProduct,
  type StockedVariant,
  type WarehouseUnits,
} from "../rules/inventory.ts";
import { withAllocated } from "../rules/levels.ts";
import type { ListedMovement, MovementKey } from "../rules/movement-list.ts";
import type { NamedSums, Sums } from "../rules/summary.ts";
import { inventorySummary, productStock, variantStock } from "../list-tables.ts";
import { stockLevels, stockMovements } from "../tables.ts";

const SHOWN = sql`p.rowid AS "rowNo", p.product_id AS "productId", p.name AS "name", p.sku AS "sku", p.category AS "category",
  p.supplier_name AS "supplierName", p.status AS "status", p.is_bundle AS "isBundle", p.price_minor AS "priceMinor",
  p.mrp_minor AS "mrpMinor", p.cost_minor AS "costMinor", p.min_stock_level AS "minStockLevel", p.max_stock_level AS "maxStockLevel",
  s.available AS "available", s.on_hand AS "onHand", s.reserved AS "reserved", s.allocated AS "allocated", s.stock_status AS "stockStatus",
  s.shortfall AS "shortfall", s.levels AS "levels", s.variants AS "variants", s.as_of_ms AS "asOfMs"`;

/**
 * Reads a window of the inventory along an index: at most 3 rows read for each product, with any number of products.
 * @param after where the window before ended  @returns a product once for each of its levels, where the path goes along levels
 */
export function findStockWindow(path: AccessPath, after: PathKey | undefined, size: number): Query<StockedProduct[]> {
  const found = rows<Omit<StockedProduct, "levels" | "variants"> & Record<"levels" | "variants", string>>(sql`
    SELECT ${SHOWN} ${windowOf(path, after ?? (isByRow(path) ? 0 : ""))} LIMIT ${size}`);
  const parse = (each: Record<"levels" | "variants", string>) => ({
    levels: withAllocated(JSON.parse(each.levels) as WarehouseUnits[]),
    variants: JSON.parse(each.variants) as StockedVariant[],
  });
  return { statement: found.statement, read: (result) => found.read(result).map((each) => ({ ...each, ...parse(each) })) };
}

/** The sort key of the list of low stock: a product, then each of its variants. */
export type LowKey = readonly [productId: string, variantId: string];

/**
 * Reads a window of what is low: active products at or below their minimum, and active variants at or below their own. Two indexes are
 * merged, so at most 3 rows are read for each. What is low lacks its shortfall to its minimum.
 * @param after where the window before ended
 */
export function findLowWindow([productId, variantId]: LowKey, size: number): Query<LowStock[]> {
  return rows(sql`
    SELECT l.product_id AS "productId", l.variant_id AS "variantId", p.name AS "name", l.name AS "variantName",
      coalesce(l.sku, p.sku) AS "sku", p.category AS "category", p.supplier_name AS "supplierName",
      l.available + l.shortfall AS "minStockLevel", l.available AS "available", l.shortfall AS "shortfall",
      l.stock_status AS "stockStatus", l.as_of_ms AS "asOfMs"
    FROM (
      SELECT product_id, '' AS variant_id, available, shortfall, stock_status, NULL AS sku, NULL AS name, as_of_ms
      FROM ${productStock} INDEXED BY product_stock_low WHERE is_low = 1 AND product_id > ${productId}
      UNION ALL
      SELECT product_id, variant_id, available, shortfall, stock_status, sku, name, as_of_ms FROM ${variantStock}
      WHERE is_low = 1 AND (product_id, variant_id) > (${productId}, ${variantId})
      ORDER BY product_id, variant_id LIMIT ${size}
    ) l
    CROSS JOIN ${products} p ON p.product_id = l.product_id
    ORDER BY l.product_id, l.variant_id`);
}

/** CROSS JOIN fixes SQLite's order of loops. Without the CAST a number is a REAL, by which FTS5 cannot seek. */
function windowOf(path: AccessPath, after: PathKey): SQL {
  const stock = sql`CROSS JOIN ${productStock} s ON s.product_id = p.product_id`;
  const product = sql`CROSS JOIN ${products} p ON p.product_id = s.product_id`;
  if (path.index === "words") {
    return sql`FROM catalog_search f CROSS JOIN ${products} p ON p.rowid = f.rowid ${stock}
      WHERE catalog_search MATCH ${path.match} AND f.rowid > CAST(${after} AS INTEGER) ORDER BY f.rowid`;
  }
  if (path.index === "supplier") {
    return sql`FROM ${products} p ${stock}
      WHERE p.supplier_name = ${path.supplier} AND p.rowid > CAST(${after} AS INTEGER) ORDER BY p.rowid`;
  }
  if (path.index === "warehouse") {
    return sql`FROM ${stockLevels} l CROSS JOIN ${products} p ON p.product_id = l.product_id ${stock}
      WHERE l.warehouse_id = ${path.warehouseId} AND l.product_id > ${after} ORDER BY l.product_id`;
  }
  const { stockStatus } = path;
  // A product is found by its own status, or by that of one of its variants.
  return sql`FROM (
      SELECT product_id FROM ${productStock} WHERE stock_status = ${stockStatus} AND product_id > ${after}
      UNION SELECT product_id FROM ${variantStock} WHERE finds_product = 1 AND stock_status = ${stockStatus} AND product_id > ${after}
      ORDER BY product_id
    ) found CROSS JOIN ${productStock} s ON s.product_id = found.product_id ${product} ORDER BY found.product_id`;
}

const MOVEMENT = sql`product_id AS "productId", seq, kind, variant_id AS "variantId", warehouse_id AS "warehouseId",
  delta_on_hand AS "deltaOnHand", on_hand_after AS "onHandAfter", reason, reference_type AS "referenceType",
  reference_id AS "referenceId", external_reference AS "externalReference", actor, at_ms AS "atMs"`;

/** Reads a window of all movements, newest first: one row read for each, even with thousands of the same time. */
export function findMovementWindow({ atMs, productId, seq }: MovementKey, size: number): Query<ListedMovement[]> {
  // SQLite seeks by a row value only while both sides have the same affinity; a CAST would change that of the number.
  return rows(sql`
    SELECT ${MOVEMENT} FROM ${stockMovements}
    WHERE (at_ms, product_id, seq) < (${atMs}, ${productId}, ${seq})
    ORDER BY at_ms DESC, product_id DESC, seq DESC LIMIT ${size}`);
}

/** Reads a window of a product's movements, newest first: one row read for each. */
export function findProductMovementWindow({ productId, seq }: MovementKey, size: number): Query<ListedMovement[]> {
  return rows(sql`
    SELECT ${MOVEMENT} FROM ${stockMovements}
    WHERE product_id = ${productId} AND seq < CAST(${seq} AS INTEGER) ORDER BY seq DESC LIMIT ${size}`);
}

const SUMS = sql`products, active_products AS "activeProducts", in_stock AS "inStock", low_stock AS "lowStock",
  out_of_stock AS "outOfStock", units, stock_value_minor AS "stockValueMinor", retail_value_minor AS "retailValueMinor"`;

/** The totals of the shop. */
export interface ShopSums extends Sums {
  asOfMs: number;
}

/** Reads the totals of the shop; `undefined` if it has never had a product. */
export function findShopSums(): Query<ShopSums | undefined> {
  return row(sql`SELECT ${SUMS}, as_of_ms AS "asOfMs" FROM ${inventorySummary} WHERE scope = 'shop' AND name = ''`);
}

/** Counts the list of low stock. */
export function countLow(): Query<{ count: number } | undefined> {
  return row(sql`
    SELECT coalesce(sum(below_minimum), 0) AS "count" FROM ${inventorySummary}
    WHERE (scope, name) IN (VALUES ('shop', ''), ('variant', ''))`);
}

/** Reads the totals of categories or warehouses, ordered by name. */
export function findSums(scope: "category" | "warehouse", size: number): Query<NamedSums[]> {
  return rows(sql`SELECT name, ${SUMS} FROM ${inventorySummary} WHERE scope = ${scope} ORDER BY name LIMIT ${size}`);
}
