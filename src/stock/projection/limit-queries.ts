import { sql } from "drizzle-orm";
import { components, products, variants } from "../../catalog/tables.ts";
import { type Query, row } from "../../db/client.ts";
import { warehouses } from "../../warehouses/tables.ts";
import { limitAsComponent, type Limits, NO_LIMITS } from "../rules/limits.ts";
import { stockLevels } from "../tables.ts";

interface LimitRow {
  minimum: number | null;
  variants: string;
  bundles: string;
  closed: string;
}

/** Reads the limits at which a product, its variants and the bundles with it become low or out of stock; last in a flush's batch. */
export function findLimits(productId: string): Query<Limits> {
  const found = row<LimitRow>(sql`
    SELECT p.min_stock_level AS "minimum",
      (SELECT json_group_array(json_object('variantId', variant_id, 'minimum', min_stock_level)) FROM ${variants}
        WHERE product_id = p.product_id AND status = 'active') AS "variants",
      (SELECT json_group_array(json_object('variantId', c.variant_id, 'quantity', c.quantity, 'minimum', b.min_stock_level))
        FROM ${components} c CROSS JOIN ${products} b ON b.product_id = c.bundle_id
        WHERE c.product_id = p.product_id AND b.status = 'active') AS "bundles",
      (SELECT json_group_array(DISTINCT l.warehouse_id) FROM ${stockLevels} l CROSS JOIN ${warehouses} w ON w.warehouse_id = l.warehouse_id
        WHERE l.product_id = p.product_id AND w.status = 'archived') AS "closed"
    FROM ${products} p WHERE p.product_id = ${productId} AND p.status = 'active'`);
  return {
    statement: found.statement,
    read: (result) => {
      const said = found.read(result);
      return said ? toLimits(said) : NO_LIMITS;
    },
  };
}

function toLimits({ minimum, variants: own, bundles, closed }: LimitRow): Limits {
  const parts = JSON.parse(bundles) as { variantId: string; quantity: number; minimum: number | null }[];
  const sold = JSON.parse(own) as { variantId: string; minimum: number | null }[];
  return {
    product: limitsOf(minimum),
    variants: sold.map((variant) => ({
      variantId: variant.variantId,
      limits: [
        ...limitsOf(variant.minimum),
        ...parts
          .filter(({ variantId }) => variantId === variant.variantId)
          .flatMap((part) => limitsOf(part.minimum).map((limit) => limitAsComponent(limit, part.quantity))),
      ],
    })),
    closed: JSON.parse(closed) as string[],
  };
}

/** Nothing is available at zero; at the minimum it is low. */
function limitsOf(minimum: number | null): number[] {
  return minimum === null ? [0] : [0, minimum];
}
