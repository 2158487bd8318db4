import { sql } from "drizzle-orm";
import { components, products } from "../../catalog/tables.ts";
import { type Query, row, rows } from "../../db/client.ts";
import type { Level } from "../rules/levels.ts";
import type { ListedProduct } from "../rules/availability.ts";
import { productStock } from "../list-tables.ts";
import { LISTED } from "./list-queries.ts";
import { stockLevels } from "../tables.ts";

/** A level of the projection, with the time when it was written. */
export interface LevelAsOf extends Level {
  asOfMs: number;
}

/**
 * Reads a window of the catalogue in row order: 3 rows read for each product, with any filter and any number of products.
 * @param match of `matchExpression`  @param afterRow row number of the last product before the window
 */
export function findProductWindow(match: string, afterRow: number, size: number): Query<ListedProduct[]> {
  // Without the CAST the number is a REAL, by which FTS5 cannot seek: it would read from the first row on.
  return rows(sql`
    SELECT f.row_no AS "rowNo", f.row_no AS "sortKey", ${LISTED}
    FROM (
      SELECT rowid AS row_no FROM catalog_search
      WHERE catalog_search MATCH ${match} AND rowid > CAST(${afterRow} AS INTEGER) ORDER BY rowid LIMIT ${size}
    ) f
    CROSS JOIN ${products} p ON p.rowid = f.row_no
    CROSS JOIN ${productStock} s ON s.product_id = p.product_id
    ORDER BY f.row_no`);
}

/** The levels of a product and, if it is a bundle, of its components. */
export function findLevels(productId: string): Query<LevelAsOf[]> {
  return rows(sql`
    SELECT variant_id AS "variantId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved, allocated, version, as_of_ms AS "asOfMs"
    FROM ${stockLevels} WHERE product_id IN (
      SELECT ${productId} UNION SELECT product_id FROM ${components} WHERE bundle_id = ${productId}
    )`);
}

/** Finds a product by its slug; one that has none yet is found by its id. */
export function findBySlug(slug: string): Query<{ productId: string } | undefined> {
  return row(sql`
    SELECT product_id AS "productId" FROM ${products} WHERE slug = ${slug}
    UNION ALL SELECT product_id FROM ${products} WHERE product_id = ${slug} AND slug IS NULL LIMIT 1`);
}
