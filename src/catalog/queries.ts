import { type SQL, sql } from "drizzle-orm";
import { type Query, oneValue, row, rows, write } from "../db/client.ts";
import {
  type Component,
  type Product,
  type ProductHead,
  PRODUCT_FIELDS,
  type StoredFields,
  storedFields,
  withLists,
} from "./rules/product.ts";
import type { Sellable, SellableComponent, Wanted } from "./rules/sellable.ts";
import { components, products, variants } from "./tables.ts";

const HEAD = ["productId", "isBundle", "createdAtMs", "updatedAtMs", ...PRODUCT_FIELDS] as const;
const STORED = [...PRODUCT_FIELDS, "gtin", "sku", "variantWords", "sortName"] as const;
const columnOf = (field: (typeof HEAD)[number] | (typeof STORED)[number]) => sql.identifier(products[field].name);
const HEAD_COLUMNS = sql.join(
  HEAD.map((field) => sql`${columnOf(field)} AS ${sql.identifier(field)}`),
  sql`, `,
);

type HeadRow = Omit<ProductHead, "isBundle" | "tags" | "options" | "images"> & {
  isBundle: 0 | 1;
  tags: string;
  options: string;
  images: string;
};

/** A product without its variants and components. */
export function findProduct(productId: string): Query<ProductHead | undefined> {
  const found = row<HeadRow>(sql`SELECT ${HEAD_COLUMNS} FROM ${products} WHERE product_id = ${productId}`);
  return {
    statement: found.statement,
    read: (result) => {
      const head = found.read(result);
      return head && { ...withLists(head), isBundle: head.isBundle === 1 };
    },
  };
}

/** The components of a bundle in their order; empty for other products. */
export function findComponents(bundleId: string): Query<Component[]> {
  return rows(sql`
    SELECT c.product_id AS "productId", c.variant_id AS "variantId", c.quantity AS "quantity", p.name AS "name"
    FROM ${components} c CROSS JOIN ${products} p ON p.product_id = c.product_id
    WHERE c.bundle_id = ${bundleId} ORDER BY c.position`);
}

/** Counts the bundles that products are in. Reads one index row for each use as a component. */
export function findBundleCounts(productIds: readonly string[]): Query<Map<string, number>> {
  const found = rows<{ productId: string; bundles: number }>(sql`
    SELECT w.value AS "productId",
      (SELECT count(DISTINCT bundle_id) FROM ${components} WHERE product_id = w.value) AS "bundles"
    FROM json_each(${JSON.stringify([...new Set(productIds)])}) w`);
  return {
    statement: found.statement,
    read: (result) => new Map(found.read(result).map(({ productId, bundles }) => [productId, bundles])),
  };
}

// Both statements below read the list from one JSON parameter. `s` is the variant whose SKU is the `item`; a product's id
// takes precedence over a SKU. CROSS JOIN fixes SQLite's order of loops, so that each table is only searched by key.
const WANTED_PRODUCT = sql`coalesce(
  w.value->>'productId',
  iif(w.value->>'item' IS NULL, (SELECT product_id FROM ${variants} WHERE variant_id = w.value->>'variantId'), NULL),
  iif(s.product_id IS NULL, w.value->>'item',
    coalesce((SELECT product_id FROM ${products} WHERE product_id = w.value->>'item'), s.product_id)))`;

function fromWanted(wanted: readonly Wanted[] | SQL) {
  return sql`FROM json_each(${Array.isArray(wanted) ? JSON.stringify(wanted) : wanted}) w LEFT JOIN ${variants} s ON s.sku = w.value->>'item'`;
}

const SELLABLE = {
  index: sql`w.key`,
  productId: sql`p.product_id`,
  productName: sql`p.name`,
  category: sql`p.category`,
  isBundle: sql`p.is_bundle`,
  priceMinor: sql`max(0, p.price_minor + coalesce(v.price_adjustment_minor, 0))`,
  productStatus: sql`p.status`,
  variantId: sql`v.variant_id`,
  sku: sql`v.sku`,
  variantName: sql`v.name`,
  variantStatus: sql`v.status`,
  isAmbiguous: sql`w.value->>'variantId' IS NULL AND p.product_id = coalesce(w.value->>'productId', w.value->>'item') AND EXISTS (
    SELECT 1 FROM ${variants} o WHERE o.product_id = p.product_id AND o.position > v.position AND o.status = 'active')`,
  maxPerOrder: sql`p.max_per_order`,
  maxPerCustomer: sql`p.max_per_customer`,
} satisfies Record<keyof Sellable, SQL>;

const SELLABLE_COLUMNS = sql.join(
  Object.entries(SELLABLE).map(([name, value]) => sql`${value} AS ${sql.identifier(name)}`),
  sql`, `,
);
const SELLABLE_JSON = sql`json_group_array(json_object(${sql.join(
  Object.entries(SELLABLE).map(([name, value]) => sql`${sql.raw(`'${name}'`)}, ${value}`),
  sql`, `,
)}))`;

/**
 * Finds the sellables that an order's lines name, in one statement; about 4 rows read for each line.
 * @param wanted at most 100 for an order, more for the bundles of an import; for a cart, SQL of a JSON array of them
 * @returns one for each line whose product exists, in no particular order
 */
export function findSellables(wanted: readonly Wanted[] | SQL): Query<Sellable[]> {
  const found = rows<SellableRow>(sql`SELECT ${SELLABLE_COLUMNS} ${sellablesOf(wanted)}`);
  return { statement: found.statement, read: (result) => found.read(result).map(toSellable) };
}

/** `findSellables` as one value, for `inOne`. Only for an order's lines, whose sellables fit into one value of D1. */
export function findOrderSellables(wanted: readonly Wanted[]): Query<Sellable[]> {
  const read = (found: string) => (JSON.parse(found) as SellableRow[]).map(toSellable);
  return oneValue("sellables", sql`(SELECT ${SELLABLE_JSON} ${sellablesOf(wanted)})`, read);
}

function sellablesOf(wanted: readonly Wanted[] | SQL): SQL {
  return sql`
    ${fromWanted(wanted)}
    CROSS JOIN ${products} p ON p.product_id = ${WANTED_PRODUCT}
    LEFT JOIN ${variants} v ON v.product_id = p.product_id AND v.variant_id = coalesce(
      w.value->>'variantId',
      iif(p.product_id = coalesce(w.value->>'productId', w.value->>'item'),
        (SELECT a.variant_id FROM ${variants} a WHERE a.product_id = p.product_id AND a.status = 'active' ORDER BY a.position LIMIT 1),
        s.variant_id))`;
}

/**
 * Finds the components of the bundles among an order's lines, in one statement; in the order of the lines, then of each bundle.
 * @param wanted the list given to `findSellables`
 */
export function findSellableComponents(wanted: readonly Wanted[] | SQL): Query<SellableComponent[]> {
  return rows(sql`
    SELECT w.key AS "index", c.product_id AS "productId", c.variant_id AS "variantId", c.quantity AS "quantity",
      p.name AS "productName", p.status AS "productStatus", v.sku AS "sku", v.name AS "variantName",
      v.status AS "variantStatus"
    ${fromWanted(wanted)}
    CROSS JOIN ${components} c ON c.bundle_id = ${WANTED_PRODUCT}
    CROSS JOIN ${products} p ON p.product_id = c.product_id
    CROSS JOIN ${variants} v ON v.variant_id = c.variant_id`);
}

type SellableRow = Omit<Sellable, "isBundle" | "isAmbiguous"> & { isBundle: 0 | 1; isAmbiguous: 0 | 1 };

function toSellable(found: SellableRow): Sellable {
  return { ...found, isBundle: found.isBundle === 1, isAmbiguous: found.isAmbiguous === 1 };
}

/** Writes a new product's row; its triggers write the full-text index. */
export function insertProduct(product: Product): Query<number> {
  const { productId, createdAtMs, updatedAtMs } = product;
  const values = { ...storedFields(product), productId, createdAtMs, updatedAtMs, isBundle: product.isBundle ? 1 : 0 };
  const fields = ["productId", "isBundle", "createdAtMs", "updatedAtMs", ...STORED] as const;
  const named = sql.join(fields.map(columnOf), sql`, `);
  const given = sql.join(
    fields.map((field) => sql`${values[field]}`),
    sql`, `,
  );
  return write(sql`INSERT INTO ${products} (${named}) VALUES (${given})`);
}

/**
 * Changes the differing columns of a product that is still as it was read. If it was changed in between, `updated_at_ms` becomes NULL,
 * so that NOT NULL fails the whole batch.
 */
export function updateProduct(before: Product, after: Product): Query<number> {
  const storedBefore = storedFields(before);
  const changed = Object.entries(storedFields(after)).filter(
    ([field, value]) => value !== storedBefore[field as keyof StoredFields],
  );
  const sets = changed.map(([field, value]) => sql`${sql.identifier(products[field as keyof StoredFields].name)} = ${value}, `);
  return write(sql`
    UPDATE ${products} SET ${sql.join(sets)} updated_at_ms = iif(updated_at_ms = ${before.updatedAtMs}, ${after.updatedAtMs}, NULL)
    WHERE product_id = ${before.productId}`);
}

export function deleteComponents(bundleId: string): Query<number> {
  return write(sql`DELETE FROM ${components} WHERE bundle_id = ${bundleId}`);
}

export function insertComponents(bundleId: string, added: readonly Component[]): Query<number> {
  return write(sql`
    INSERT INTO ${components} (bundle_id, position, product_id, variant_id, quantity)
    SELECT ${bundleId}, key, value->>'productId', value->>'variantId', value->>'quantity'
    FROM json_each(${JSON.stringify(added)})`);
}
