import { type SQL, sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import { storedVariant, type Variant } from "./rules/product.ts";
import { products, variants } from "./tables.ts";

const VARIANT = sql.raw(`variant_id AS "variantId", position, sku, name, status, price_adjustment_minor AS "priceAdjustmentMinor",
  min_stock_level AS "minStockLevel", max_stock_level AS "maxStockLevel", barcode, options, weight_grams AS "weightGrams",
  compare_at_minor AS "compareAtMinor", image_id AS "imageId"`);

/** All variants of a product in their order, archived ones included. */
export function findVariants(productId: string): Query<Variant[]> {
  const found = rows<Omit<Variant, "options"> & { options: string }>(sql`
    SELECT ${VARIANT} FROM ${variants} WHERE product_id = ${productId} ORDER BY position`);
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map((each) => ({ ...each, options: JSON.parse(each.options) as Record<string, string> })),
  };
}

/** Finds the product with a barcode, or the variant and its product. @param gtin as GTIN-14 */
export function findByGtin(gtin: string): Query<{ productId: string; variantId: string | null; gtin: string } | undefined> {
  return row(sql`
    SELECT product_id AS "productId", variant_id AS "variantId", gtin FROM ${variants} WHERE gtin = ${gtin}
    UNION ALL SELECT product_id, NULL, gtin FROM ${products} WHERE gtin = ${gtin} LIMIT 1`);
}

export function insertVariants(productId: string, added: readonly Variant[]): Query<number> {
  return write(insertVariantsOf(added.map((variant) => ({ ...variant, productId }))));
}

/** The statement that writes variants of any products. */
export function insertVariantsOf(added: readonly (Variant & { productId: string })[]): SQL {
  const stored = added.map((variant) => ({ ...storedVariant(variant), productId: variant.productId }));
  return sql`
    INSERT INTO ${variants} (variant_id, product_id, position, sku, name, status, price_adjustment_minor, min_stock_level,
      max_stock_level, barcode, gtin, options, weight_grams, compare_at_minor, image_id)
    SELECT value->>'variantId', value->>'productId', value->>'position', value->>'sku', value->>'name', value->>'status',
      value->>'priceAdjustmentMinor', value->>'minStockLevel', value->>'maxStockLevel', value->>'barcode', value->>'gtin',
      value->>'options', value->>'weightGrams', value->>'compareAtMinor', value->>'imageId'
    FROM json_each(${JSON.stringify(stored)})`;
}

export function updateVariants(changed: readonly Variant[]): Query<number> {
  return write(sql`
    UPDATE ${variants} SET sku = w.value->>'sku', name = w.value->>'name', status = w.value->>'status',
      price_adjustment_minor = w.value->>'priceAdjustmentMinor', min_stock_level = w.value->>'minStockLevel',
      max_stock_level = w.value->>'maxStockLevel', barcode = w.value->>'barcode', gtin = w.value->>'gtin',
      options = w.value->>'options', weight_grams = w.value->>'weightGrams', compare_at_minor = w.value->>'compareAtMinor',
      image_id = w.value->>'imageId'
    FROM json_each(${JSON.stringify(changed.map(storedVariant))}) w WHERE variant_id = w.value->>'variantId'`);
}
