import { type SQL, sql } from "drizzle-orm";
import { components, products, variants } from "../../catalog/tables.ts";
import { warehouses } from "../../warehouses/tables.ts";
import type { Policy } from "../rules/allocate.ts";
import { productStock } from "../list-tables.ts";
import { stockLevels } from "../tables.ts";

/**
 * The cap on the stock value of one product, so that a 64-bit sum holds a million such products: an overflow would fail every flush.
 * The migration that adds the inventory uses the same number.
 */
export const MAX_VALUE_MINOR = 9_000_000_000_000;

/** The columns of `product_stock` that a flush computes. */
const FIGURES = [
  "available",
  "on_hand",
  "reserved",
  "allocated",
  "stock_status",
  "is_low",
  "shortfall",
  "levels",
  "is_active",
  "category",
  "stock_value_minor",
  "retail_value_minor",
];

/** Products as the statements name them. */
export interface ProductSet {
  /** What stands after `IN`. */
  list: SQL;
  /** A SELECT of their ids, as `subject`. */
  ids: SQL;
}

/** One product, which a flush of its object is about. */
export function oneProduct(productId: string): ProductSet {
  return { list: sql`(${productId})`, ids: sql`SELECT ${productId} AS subject` };
}

/** Several products, which are refreshed together (F5). */
export function manyProducts(productIds: readonly string[]): ProductSet {
  const ids = sql`json_each(${JSON.stringify(productIds)})`;
  return { list: sql`(SELECT value FROM ${ids})`, ids: sql`SELECT value AS subject FROM ${ids}` };
}

/** A sub-select of the bundles that contain a product: about `MAX_BUNDLES` of the catalogue at most for each. */
export function bundlesWith({ list }: ProductSet): SQL {
  return sql`SELECT DISTINCT bundle_id FROM ${components} WHERE product_id IN ${list}`;
}

/**
 * The statements that update `product_stock` of a product, and of every bundle with it, from the levels in D1; triggers carry changes
 * into `inventory_summary`. Unchanged rows are not written, so `as_of_ms` is the time of the last change.
 */
export function summaryStatements(productId: string, policy: Policy, nowMs: number): SQL[] {
  const bundles = figuresOfBundlesWith(oneProduct(productId), policy);
  return [summarize(figuresOf(productId, policy), nowMs), summarize(bundles, nowMs)];
}

/** The same for several products, none of which is a bundle. */
export function setSummaryStatements(set: ProductSet, policy: Policy, nowMs: number): SQL[] {
  return [summarize(figuresOfSet(set, policy), nowMs), summarize(figuresOfBundlesWith(set, policy), nowMs)];
}

/** @param figures a SELECT of `product_id`, `available`, `on_hand`, `reserved`, `allocated` and `levels` */
function summarize(figures: SQL, nowMs: number): SQL {
  const names = FIGURES.join(", ");
  const excluded = FIGURES.map((name) => `excluded.${name}`);
  const sets = FIGURES.map((name) => `${name} = excluded.${name}`).join(", ");
  const cap = sql.raw(String(MAX_VALUE_MINOR));
  return sql`
    INSERT INTO ${productStock} (product_id, as_of_ms, ${sql.raw(names)})
    SELECT f.product_id, CAST(${nowMs} AS INTEGER), f.available, f.on_hand, f.reserved, f.allocated,
      iif(f.available = 0, 'out_of_stock', iif(f.available <= p.min_stock_level, 'low_stock', 'in_stock')),
      coalesce(p.status = 'active' AND f.available <= p.min_stock_level, 0),
      max(0, coalesce(p.min_stock_level - f.available, 0)),
      f.levels, coalesce(p.status = 'active', 0), p.category,
      min(f.on_hand * coalesce(p.cost_minor, 0), ${cap}),
      min(f.on_hand * coalesce(p.price_minor, 0), ${cap})
    FROM (${figures}) f LEFT JOIN ${products} p ON p.product_id = f.product_id WHERE true
    ON CONFLICT DO UPDATE SET as_of_ms = excluded.as_of_ms, ${sql.raw(sets)}
    WHERE (${sql.raw(FIGURES.map((name) => `product_stock.${name}`).join(", "))}) IS NOT (${sql.raw(excluded.join(", "))})`;
}

/**
 * The most units of a variant that one order can get: the sum over warehouses if the policy splits lines, else the largest. Units in
 * an archived warehouse, or of an archived product or variant, cannot be ordered.
 */
export function maxAllocatable(policy: Policy): SQL {
  const most = sql.raw(policy === "nearest_available" ? "sum" : "max");
  return sql`${most}(iif(
    EXISTS (SELECT 1 FROM ${warehouses} w WHERE w.warehouse_id = stock_levels.warehouse_id AND w.status = 'archived')
      OR EXISTS (SELECT 1 FROM ${products} p WHERE p.product_id = stock_levels.product_id AND p.status = 'archived')
      OR EXISTS (SELECT 1 FROM ${variants} v WHERE v.variant_id = stock_levels.variant_id AND v.status = 'archived'),
    0, on_hand - reserved - allocated))`;
}

function figuresOf(productId: string, policy: Policy): SQL {
  return sql`
    SELECT ${productId} AS product_id, coalesce((
        SELECT sum(most) FROM (SELECT ${maxAllocatable(policy)} AS most FROM ${stockLevels} WHERE product_id = ${productId} GROUP BY variant_id)
      ), 0) AS available, coalesce(sum(on_hand), 0) AS on_hand, coalesce(sum(reserved), 0) AS reserved,
      coalesce(sum(allocated), 0) AS allocated,
      json_group_array(json_object('warehouseId', warehouse_id, 'onHand', on_hand, 'reserved', reserved, 'allocated', allocated)
        ORDER BY warehouse_id) AS levels
    FROM (
      SELECT warehouse_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved, sum(allocated) AS allocated
      FROM ${stockLevels} WHERE product_id = ${productId} GROUP BY warehouse_id
    )`;
}

/** As `figuresOf`, for each product of a set. */
function figuresOfSet({ list }: ProductSet, policy: Policy): SQL {
  return sql`
    SELECT o.product_id, coalesce((
        SELECT sum(most) FROM (SELECT ${maxAllocatable(policy)} AS most FROM ${stockLevels} WHERE product_id = o.product_id GROUP BY variant_id)
      ), 0) AS available, coalesce(sum(l.on_hand), 0) AS on_hand, coalesce(sum(l.reserved), 0) AS reserved,
      coalesce(sum(l.allocated), 0) AS allocated,
      json_group_array(json_object('warehouseId', l.warehouse_id, 'onHand', l.on_hand, 'reserved', l.reserved, 'allocated', l.allocated)
        ORDER BY l.warehouse_id) FILTER (WHERE l.warehouse_id IS NOT NULL) AS levels
    FROM ${products} o LEFT JOIN (
      SELECT product_id, warehouse_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved, sum(allocated) AS allocated
      FROM ${stockLevels} WHERE product_id IN ${list} GROUP BY product_id, warehouse_id
    ) l ON l.product_id = o.product_id
    WHERE o.product_id IN ${list} AND o.is_bundle = 0 GROUP BY o.product_id`;
}

/** A bundle is available as often as its scarcest component allows; it has no units of its own. */
function figuresOfBundlesWith(set: ProductSet, policy: Policy): SQL {
  return sql`
    SELECT bundle_id AS product_id, min(coalesce((
        SELECT ${maxAllocatable(policy)} FROM ${stockLevels}
        WHERE stock_levels.product_id = parts.product_id AND stock_levels.variant_id = parts.variant_id
      ), 0) / quantity) AS available, 0 AS on_hand, 0 AS reserved, 0 AS allocated, '[]' AS levels
    FROM ${components} parts WHERE bundle_id IN (${bundlesWith(set)}) GROUP BY bundle_id`;
}
