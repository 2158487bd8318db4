import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../../db/client.ts";
import { type Component, type Product, PRODUCT_FIELDS, storedFields, type Variant, withLists } from "../rules/product.ts";
import { components, products, variants } from "../tables.ts";
import { insertVariantsOf } from "../variant-queries.ts";

// Statements for many products: each takes its rows as one JSON parameter, so the number of statements does not depend on theirs.

const STORED = [...PRODUCT_FIELDS, "gtin", "sku", "variantWords", "sortName"] as const;

const column = (field: (typeof HEAD)[number] | (typeof STORED)[number]) => sql.identifier(products[field].name);

/** A product with its row number, by which exports are ordered. */
export interface NumberedProduct {
  rowNo: number;
  product: Product;
}

/** Reads a page of the catalogue with variants and components, archived products included. @param afterRow 0 for the first page */
export function findProductPage(afterRow: number, size: number): Query<NumberedProduct[]> {
  return selectProducts(sql`${products} p WHERE p.rowid > CAST(${afterRow} AS INTEGER) ORDER BY p.rowid LIMIT ${size}`);
}

/** Reads those products of a list that exist. */
export function findProductsById(productIds: readonly string[]): Query<Product[]> {
  const found = selectProducts(
    sql`json_each(${JSON.stringify(productIds)}) w CROSS JOIN ${products} p ON p.product_id = w.value`,
  );
  return { statement: found.statement, read: (result) => found.read(result).map(({ product }) => product) };
}

type ProductRow = Omit<Product, "isBundle" | "tags" | "options" | "images" | "variants" | "components"> & {
  tags: string;
  options: string;
  images: string;
  rowNo: number;
  isBundle: 0 | 1;
  variants: string;
  components: string;
};

const HEAD = ["productId", "isBundle", "createdAtMs", "updatedAtMs", ...PRODUCT_FIELDS] as const;

function selectProducts(from: SQL): Query<NumberedProduct[]> {
  const head = HEAD.map((field) => sql`p.${column(field)} AS "${sql.raw(field)}"`);
  const found = rows<ProductRow>(sql`
    SELECT p.rowid AS "rowNo", ${sql.join(head, sql`, `)},
      (SELECT json_group_array(json(v.json)) FROM (
        SELECT json_object('variantId', variant_id, 'position', position, 'sku', sku, 'name', name, 'status', status,
          'priceAdjustmentMinor', price_adjustment_minor, 'minStockLevel', min_stock_level, 'maxStockLevel', max_stock_level,
          'barcode', barcode, 'options', json(options), 'weightGrams', weight_grams, 'compareAtMinor', compare_at_minor,
          'imageId', image_id) AS json
        FROM ${variants} WHERE product_id = p.product_id ORDER BY position) v) AS "variants",
      (SELECT json_group_array(json(c.json)) FROM (
        SELECT json_object('productId', k.product_id, 'variantId', k.variant_id, 'quantity', k.quantity, 'name', n.name) AS json
        FROM ${components} k CROSS JOIN ${products} n ON n.product_id = k.product_id
        WHERE k.bundle_id = p.product_id ORDER BY k.position) c) AS "components"
    FROM ${from}`);
  return { statement: found.statement, read: (result) => found.read(result).map(toProduct) };
}

function toProduct({ rowNo, ...row }: ProductRow): NumberedProduct {
  const product = {
    ...withLists(row),
    isBundle: row.isBundle === 1,
    variants: JSON.parse(row.variants) as Variant[],
    components: JSON.parse(row.components) as Component[],
  };
  return { rowNo, product };
}

/** Finds the owners of unique values: the product of a slug, a variant id or a GTIN, the variant of a SKU or of its own GTIN. */
export function findOwners(
  keys: Record<"slugs" | "variantIds" | "skus" | "gtins", string[]>,
): Query<{ kind: "slug" | "variant_id" | "sku" | "gtin" | "variant_gtin"; value: string; owner: string }[]> {
  // D1 lets a compound SELECT have five terms.
  const each = (values: string[]) => sql`json_each(${JSON.stringify(values)}) w`;
  return rows(sql`
    SELECT 'variant_id' AS kind, v.variant_id AS value, v.product_id AS owner
    FROM ${each(keys.variantIds)} CROSS JOIN ${variants} v ON v.variant_id = w.value
    UNION ALL SELECT 'slug', p.slug, p.product_id FROM ${each(keys.slugs)} CROSS JOIN ${products} p ON p.slug = w.value
    UNION ALL SELECT 'sku', v.sku, v.variant_id FROM ${each(keys.skus)} CROSS JOIN ${variants} v ON v.sku = w.value
    UNION ALL SELECT 'gtin', p.gtin, p.product_id FROM ${each(keys.gtins)} CROSS JOIN ${products} p ON p.gtin = w.value
    UNION ALL SELECT k.value, v.gtin, iif(k.value = 'gtin', v.product_id, v.variant_id)
    FROM ${each(keys.gtins)} CROSS JOIN ${variants} v ON v.gtin = w.value CROSS JOIN json_each('["gtin","variant_gtin"]') k`);
}

const member = (field: string) => sql`w.value->>${sql.raw(`'${field}'`)}`;

/** Writes new products with their variants and components. */
export function insertProducts(added: readonly Product[]): Query<number>[] {
  const heads = added.map((product) => ({
    ...headOf(product),
    isBundle: product.isBundle ? 1 : 0,
    createdAtMs: product.createdAtMs,
  }));
  const fields = ["productId", "isBundle", "createdAtMs", "updatedAtMs", ...STORED] as const;
  const names = sql.join(fields.map(column), sql`, `);
  const insert = write(sql`
    INSERT INTO ${products} (${names})
    SELECT ${sql.join(fields.map(member), sql`, `)} FROM json_each(${JSON.stringify(heads)}) w`);
  return [insert, ...insertAllVariants(added), ...insertAllComponents(added)];
}

/**
 * Changes products that are still as they were read. If one was changed in between, its `updated_at_ms` becomes NULL, so that NOT NULL
 * fails the whole batch.
 */
export function updateProducts(changed: readonly { before: Product; after: Product }[]): Query<number> {
  const heads = changed.map(({ before, after }) => ({ ...headOf(after), readAtMs: before.updatedAtMs }));
  const sets = STORED.map((field) => sql`${column(field)} = ${member(field)}, `);
  return write(sql`
    UPDATE ${products} SET ${sql.join(sets)} updated_at_ms = iif(updated_at_ms = ${member("readAtMs")}, ${member("updatedAtMs")}, NULL)
    FROM json_each(${JSON.stringify(heads)}) w WHERE product_id = w.value->>'productId'`);
}

function headOf(product: Product) {
  return { ...storedFields(product), productId: product.productId, updatedAtMs: product.updatedAtMs };
}

/** Writes variants of several products. */
export function insertAllVariants(owners: readonly Pick<Product, "productId" | "variants">[]): Query<number>[] {
  const added = owners.flatMap(({ productId, variants: own }) => own.map((variant) => ({ productId, ...variant })));
  if (added.length === 0) return [];
  return [write(insertVariantsOf(added))];
}

/** Writes the components of several bundles. */
function insertAllComponents(bundles: readonly Product[]): Query<number>[] {
  const added = bundles.flatMap(({ productId: bundleId, components: own }) =>
    own.map((part, position) => ({ bundleId, position, ...part })),
  );
  if (added.length === 0) return [];
  return [
    write(sql`
      INSERT INTO ${components} (bundle_id, position, product_id, variant_id, quantity)
      SELECT value->>'bundleId', value->>'position', value->>'productId', value->>'variantId', value->>'quantity'
      FROM json_each(${JSON.stringify(added)})`),
  ];
}

/** Replaces the components of several bundles. */
export function replaceComponents(bundles: readonly Product[]): Query<number>[] {
  if (bundles.length === 0) return [];
  const ids = JSON.stringify(bundles.map(({ productId }) => productId));
  const deletion = write(sql`DELETE FROM ${components} WHERE bundle_id IN (SELECT value FROM json_each(${ids}))`);
  return [deletion, ...insertAllComponents(bundles)];
}
