import { type SQL, sql } from "drizzle-orm";
import type { Status } from "../../catalog/rules/product.ts";
import type { KeyedSort, PriceRange, SortKey } from "../../catalog/rules/listing.ts";
import { categories, products } from "../../catalog/tables.ts";
import { type Query, row, rows } from "../../db/client.ts";
import type { ListedCategory, ListedProduct } from "../rules/availability.ts";
import { inventorySummary, productStock } from "../list-tables.ts";

/** The columns of a product `p` in a list, with its stock `s`. */
export const LISTED = sql`p.product_id AS "productId", coalesce(p.slug, p.product_id) AS "slug", p.name AS "name", p.category AS "category",
  p.brand AS "brand", p.unit AS "unit", p.status AS "status", p.is_bundle AS "isBundle", p.price_minor AS "priceMinor",
  p.mrp_minor AS "mrpMinor", p.compare_at_minor AS "compareAtMinor", p.images->0 AS "image",
  s.available AS "available", s.as_of_ms AS "asOfMs"`;

/** `findProductWindow` from the newest product back. @param beforeRow `undefined` on the first page */
export function findNewestWindow(match: string, beforeRow: number | undefined, size: number): Query<ListedProduct[]> {
  const before = beforeRow === undefined ? sql`` : sql`AND rowid < CAST(${beforeRow} AS INTEGER)`;
  return rows(sql`
    SELECT f.row_no AS "rowNo", f.row_no AS "sortKey", ${LISTED}
    FROM (
      SELECT rowid AS row_no FROM catalog_search WHERE catalog_search MATCH ${match} ${before} ORDER BY rowid DESC LIMIT ${size}
    ) f
    CROSS JOIN ${products} p ON p.rowid = f.row_no
    CROSS JOIN ${productStock} s ON s.product_id = p.product_id
    ORDER BY f.row_no DESC`);
}

const SORT_COLUMNS = {
  name: { column: sql`p.sort_name`, isDescending: false },
  "-name": { column: sql`p.sort_name`, isDescending: true },
  price: { column: sql`p.price_minor`, isDescending: false },
  "-price": { column: sql`p.price_minor`, isDescending: true },
  best_selling: { column: sql`p.units_sold`, isDescending: true },
} satisfies Record<KeyedSort, { column: SQL; isDescending: boolean }>;

/** Where a sorted window begins, and what it has. Prices limit the products read only where it is sorted by them. */
export interface SortedWindow {
  sort: KeyedSort;
  status: Status;
  category?: string | undefined;
  price: PriceRange;
  after: SortKey | undefined;
  size: number;
}

/**
 * Reads a window of products in an order, along an index: 3 rows read for each product. Products with one key are in the order of
 * their rows, and in a descending list backwards, as the index has them.
 */
export function findSortedWindow({ sort, status, category, price, after, size }: SortedWindow): Query<ListedProduct[]> {
  const { column, isDescending } = SORT_COLUMNS[sort];
  const isIn = [
    sql`p.status = ${status}`,
    ...(category === undefined ? [] : [sql`p.category = ${category}`]),
    ...(column === SORT_COLUMNS.price.column || column === SORT_COLUMNS["-price"].column ? priceTerms(price) : []),
  ];
  const runs = after === undefined ? [sql`true`] : runsAfter(column, after, isDescending);
  const direction = isDescending ? sql`DESC` : sql`ASC`;
  // Each run is along the index from its first row on; the second is read only as far as the first leaves room.
  const windows = runs.map(
    (run) => sql`SELECT * FROM (
      SELECT p.rowid AS row_no, ${column} AS sort_key FROM ${products} p WHERE ${sql.join([...isIn, run], sql` AND `)}
      ORDER BY ${column} ${direction}, p.rowid ${direction} LIMIT ${size})`,
  );
  return rows(sql`
    SELECT f.row_no AS "rowNo", f.sort_key AS "sortKey", ${LISTED}
    FROM (SELECT * FROM (${sql.join(windows, sql` UNION ALL `)}) LIMIT ${size}) f
    CROSS JOIN ${products} p ON p.rowid = f.row_no
    CROSS JOIN ${productStock} s ON s.product_id = p.product_id
    ORDER BY f.sort_key ${direction}, f.row_no ${direction}`);
}

/** The rest of the products with the key of the last one, and those after it. */
function runsAfter(column: SQL, { key, rowNo }: SortKey, isDescending: boolean): SQL[] {
  const value = typeof key === "number" ? sql`CAST(${key} AS INTEGER)` : sql`${key}`;
  const at = sql`CAST(${rowNo} AS INTEGER)`;
  return isDescending
    ? [sql`${column} = ${value} AND p.rowid < ${at}`, sql`${column} < ${value}`]
    : [sql`${column} = ${value} AND p.rowid > ${at}`, sql`${column} > ${value}`];
}

function priceTerms({ minMinor, maxMinor }: PriceRange): SQL[] {
  return [
    ...(minMinor === undefined ? [] : [sql`p.price_minor >= CAST(${minMinor} AS INTEGER)`]),
    ...(maxMinor === undefined ? [] : [sql`p.price_minor <= CAST(${maxMinor} AS INTEGER)`]),
  ];
}

/**
 * Reads a page of the first matches of a search in an order; more of them than `most` are not looked at.
 * @param most how many matches are sorted
 */
export function findSortedMatches(
  match: string,
  { sort, after, size }: Pick<SortedWindow, "sort" | "after" | "size">,
  most: number,
): Query<ListedProduct[]> {
  const { column, isDescending } = SORT_COLUMNS[sort];
  const direction = isDescending ? sql`DESC` : sql`ASC`;
  const runs = after === undefined ? [sql`true`] : runsAfter(column, after, isDescending);
  return rows(sql`
    SELECT f.row_no AS "rowNo", f.sort_key AS "sortKey", ${LISTED}
    FROM (
      SELECT p.rowid AS row_no, ${column} AS sort_key
      FROM (SELECT rowid AS row_no FROM catalog_search WHERE catalog_search MATCH ${match} ORDER BY rowid LIMIT ${most}) m
      CROSS JOIN ${products} p ON p.rowid = m.row_no
      WHERE ${sql.join(
        runs.map((run) => sql`(${run})`),
        sql` OR `,
      )}
      ORDER BY sort_key ${direction}, row_no ${direction} LIMIT ${size}
    ) f
    CROSS JOIN ${products} p ON p.rowid = f.row_no
    CROSS JOIN ${productStock} s ON s.product_id = p.product_id
    ORDER BY f.sort_key ${direction}, f.row_no ${direction}`);
}

/** Reads categories with products on sale, by name; each is one row of the sums that triggers keep. @param after the last name */
export function findCategoryWindow(after: string, size: number): Query<ListedCategory[]> {
  return rows(sql`
    SELECT coalesce(k.category_id, s.name) AS "categoryId", s.name AS "name", s.active_products AS "products", s.in_stock AS "inStock",
      s.as_of_ms AS "asOfMs"
    FROM ${inventorySummary} s LEFT JOIN ${categories} k ON k.name = s.name
    WHERE s.scope = 'category' AND s.name > ${after} AND s.active_products > 0 ORDER BY s.name LIMIT ${size}`);
}

/** The name of the category with an id. */
export function findCategoryName(categoryId: string): Query<{ name: string } | undefined> {
  return row(sql`SELECT name FROM ${categories} WHERE category_id = ${categoryId}`);
}
