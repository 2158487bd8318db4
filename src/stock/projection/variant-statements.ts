import { type SQL, sql } from "drizzle-orm";
import { products, variants } from "../../catalog/tables.ts";
import type { Policy } from "../rules/allocate.ts";
import { maxAllocatable, type ProductSet } from "./summary-statements.ts";
import { productStock, variantStock } from "../list-tables.ts";
import { stockLevels } from "../tables.ts";

/** The columns of `variant_stock` that a flush computes. */
const FIGURES = [
  "available",
  "on_hand",
  "reserved",
  "allocated",
  "stock_status",
  "is_low",
  "is_out",
  "is_active",
  "shortfall",
  "sku",
  "name",
] as const;

const NAMES = sql.raw(FIGURES.join(", "));
const SETS = sql.raw(FIGURES.map((name) => `${name} = excluded.${name}`).join(", "));
const STORED = sql.raw(FIGURES.map((name) => `variant_stock.${name}`).join(", "));
const EXCLUDED = sql.raw(FIGURES.map((name) => `excluded.${name}`).join(", "));

/**
 * The statements that update the variants of products that are listed on their own, in `variant_stock` and as `variants` of the
 * product's row, from the levels in D1. They follow `summaryStatements`. Unchanged rows are not written.
 */
export function variantStatements(set: ProductSet, policy: Policy, nowMs: number): SQL[] {
  return [figuresOfVariants(set, policy, nowMs), markFinders(set), listVariants(set, nowMs)];
}

/** A variant that is alone and has no minimum of its own is its product's row; one that had a minimum keeps its row. */
function figuresOfVariants({ list }: ProductSet, policy: Policy, nowMs: number): SQL {
  return sql`
    INSERT INTO ${variantStock} (product_id, variant_id, as_of_ms, ${NAMES})
    SELECT product_id, variant_id, CAST(${nowMs} AS INTEGER), available, on_hand, reserved, allocated,
      iif(available = 0, 'out_of_stock', iif(available <= min_stock_level, 'low_stock', 'in_stock')),
      is_active AND coalesce(available <= min_stock_level, 0), is_active AND is_several AND is_stocked AND available = 0, is_active,
      max(0, coalesce(min_stock_level - available, 0)), sku, name
    FROM (
      SELECT v.product_id, v.variant_id, v.sku, v.name, v.min_stock_level, p.status = 'active' AND v.status = 'active' AS is_active,
        (SELECT count(*) FROM ${variants} o WHERE o.product_id = p.product_id) > 1 AS is_several, l.variant_id IS NOT NULL AS is_stocked,
        coalesce(l.available, 0) AS available, coalesce(l.on_hand, 0) AS on_hand, coalesce(l.reserved, 0) AS reserved,
        coalesce(l.allocated, 0) AS allocated
      FROM ${products} p CROSS JOIN ${variants} v ON v.product_id = p.product_id
      LEFT JOIN (
        SELECT variant_id, ${maxAllocatable(policy)} AS available, sum(on_hand) AS on_hand, sum(reserved) AS reserved,
          sum(allocated) AS allocated
        FROM ${stockLevels} WHERE product_id IN ${list} GROUP BY product_id, variant_id
      ) l ON l.variant_id = v.variant_id
      WHERE p.product_id IN ${list} AND p.is_bundle = 0
    ) f
    WHERE is_several OR min_stock_level IS NOT NULL OR EXISTS (SELECT 1 FROM ${variantStock} s WHERE s.product_id = f.product_id)
    ON CONFLICT DO UPDATE SET as_of_ms = excluded.as_of_ms, ${SETS} WHERE (${STORED}) IS NOT (${EXCLUDED})`;
}

/** A product is found by each status once: by its own, and by another through the first of its variants that has it. */
function markFinders({ list }: ProductSet): SQL {
  return sql`
    UPDATE ${variantStock} SET finds_product = f.finds
    FROM (
      SELECT s.product_id, s.variant_id, s.is_active AND s.stock_status <> p.stock_status
          AND row_number() OVER (PARTITION BY s.product_id, s.is_active, s.stock_status ORDER BY s.variant_id) = 1 AS finds
      FROM ${variantStock} s CROSS JOIN ${productStock} p ON p.product_id = s.product_id WHERE s.product_id IN ${list}
    ) f
    WHERE variant_stock.product_id IN ${list} AND variant_stock.variant_id = f.variant_id AND finds_product <> f.finds`;
}

function listVariants({ list }: ProductSet, nowMs: number): SQL {
  return sql`
    UPDATE ${productStock} SET variants = f.variants, as_of_ms = CAST(${nowMs} AS INTEGER)
    FROM (
      SELECT s.product_id, json_group_array(json_object('variantId', s.variant_id, 'sku', s.sku, 'name', s.name, 'status', v.status,
        'barcode', v.barcode, 'minStockLevel', v.min_stock_level, 'maxStockLevel', v.max_stock_level, 'available', s.available,
        'onHand', s.on_hand, 'reserved', s.reserved, 'allocated', s.allocated, 'stockStatus', s.stock_status,
        'shortfall', s.shortfall) ORDER BY v.position) AS variants
      FROM ${variantStock} s CROSS JOIN ${variants} v ON v.variant_id = s.variant_id WHERE s.product_id IN ${list}
      GROUP BY s.product_id
    ) f
    WHERE product_stock.product_id = f.product_id AND product_stock.variants <> f.variants`;
}
