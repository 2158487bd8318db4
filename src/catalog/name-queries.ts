import { type SQL, sql } from "drizzle-orm";
import { type Query, rows, write } from "../db/client.ts";
import { categories, products, variants } from "./tables.ts";

/** Names to look for: slugs, and ids of products and of variants. */
export interface Names {
  slugs: readonly string[];
  productIds: readonly string[];
  variantIds: readonly string[];
}

/** Finds which names are taken; another variant's SKU is no name for a variant either. */
export function findTaken(names: Names): Query<Record<keyof Names, Set<string>>> {
  const each = (kind: keyof Names, table: SQL, column: SQL) => sql`
    SELECT ${kind} AS kind, w.value AS name FROM json_each(${JSON.stringify(names[kind])}) w CROSS JOIN ${table} ON ${column} = w.value`;
  const found = rows<{ kind: keyof Names; name: string }>(sql`
    ${each("slugs", sql`${products}`, sql`slug`)}
    UNION ALL ${each("productIds", sql`${products}`, sql`product_id`)}
    UNION ALL ${each("variantIds", sql`${variants}`, sql`variant_id`)}
    UNION ALL ${each("variantIds", sql`${variants}`, sql`sku`)}`);
  return {
    statement: found.statement,
    read: (result) => {
      const all = found.read(result);
      const of = (kind: keyof Names) => new Set(all.filter((row) => row.kind === kind).map(({ name }) => name));
      return { slugs: of("slugs"), productIds: of("productIds"), variantIds: of("variantIds") };
    },
  };
}

/** A category that products name, with the ids that it may have, best first. */
export interface CategoryToKeep {
  name: string;
  ids: string[];
}

/** Keeps the categories that are new, each under the first of its ids that is free. */
export function keepCategories(named: readonly CategoryToKeep[], atMs: number): Query<number>[] {
  if (named.length === 0) return [];
  return [
    write(sql`
      INSERT OR IGNORE INTO ${categories} (name, category_id, created_at_ms)
      SELECT w.value->>'name',
        (SELECT i.value FROM json_each(w.value, '$.ids') i
          WHERE NOT EXISTS (SELECT 1 FROM ${categories} WHERE category_id = i.value) ORDER BY i.key LIMIT 1), CAST(${atMs} AS INTEGER)
      FROM json_each(${JSON.stringify(named)}) w WHERE NOT EXISTS (SELECT 1 FROM ${categories} WHERE name = w.value->>'name')`),
  ];
}

/** A product without a slug. */
export interface UnnamedProduct {
  productId: string;
  name: string;
  category: string | null;
}

/** Finds products of earlier releases, which have no slug yet; along an index. */
export function findUnnamed(limit: number): Query<UnnamedProduct[]> {
  return rows(sql`
    SELECT product_id AS "productId", name, category FROM ${products} WHERE slug IS NULL ORDER BY created_at_ms LIMIT ${limit}`);
}

/** Gives products their slug and what they are sorted by, where they still have none and the name that it was made of. */
export function nameProducts(named: readonly (UnnamedProduct & { slug: string; sortName: string })[]): Query<number> {
  return write(sql`
    UPDATE ${products} SET slug = w.value->>'slug', sort_name = w.value->>'sortName'
    FROM json_each(${JSON.stringify(named)}) w
    WHERE product_id = w.value->>'productId' AND slug IS NULL AND ${products}.name = w.value->>'name'`);
}
