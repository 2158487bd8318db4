import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sqlInD1, stockOf } from "./stock/stock.ts";

/** The number of migrations of release 0.1.0. */
const OLD_MIGRATIONS = 2;

const migrations = () => (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS;

/** Empties D1 and creates the tables of release 0.1.0. */
export async function goBack(): Promise<void> {
  const views = await sqlInD1<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'view'");
  for (const { name } of views) await sqlInD1(`DROP VIEW ${name}`);
  const tables = await sqlInD1<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'products\\_search\\_%' ESCAPE '\\' AND name NOT LIKE 'catalog\\_search\\_%' ESCAPE '\\' AND name NOT LIKE 'orders\\_search\\_%' ESCAPE '\\'",
  );
  for (const { name } of tables) await sqlInD1(`DROP TABLE ${name}`);
  await applyD1Migrations(env.DB, migrations().slice(0, OLD_MIGRATIONS));
}

/** Applies the newer migrations, while release 0.1.0 still runs. */
export async function migrate(): Promise<void> {
  await applyD1Migrations(env.DB, migrations());
}

interface OldProduct {
  category?: string | null;
  status?: "active" | "archived";
  minStockLevel?: number | null;
}

/** A product as release 0.1.0 wrote it, whose variant has its id. */
export async function oldProduct(productId: string, more: OldProduct = {}): Promise<void> {
  const { category = null, status = "active", minStockLevel = null } = more;
  await sqlInD1(
    `INSERT INTO products (product_id, name, category, status, is_bundle, price_minor, cost_minor, min_stock_level, created_at_ms,
       updated_at_ms)
     VALUES (?, 'Rice', ?, ?, 0, 15000, 11800, ?, 7, 7)`,
    productId,
    category,
    status,
    minStockLevel,
  );
  await sqlInD1(
    "INSERT INTO variants (variant_id, product_id, position, sku, status) VALUES (?1, ?1, 0, 'SKU-' || ?1, 'active')",
    productId,
  );
}

/** A bundle as release 0.1.0 wrote it, of units of one product. */
export async function oldBundle(bundleId: string, productId: string, quantity: number): Promise<void> {
  await oldProduct(bundleId);
  await sqlInD1("UPDATE products SET is_bundle = 1 WHERE product_id = ?", bundleId);
  await sqlInD1("INSERT INTO components VALUES (?1, 0, ?2, ?2, ?3)", bundleId, productId, quantity);
}

/** An order as release 0.1.0 wrote it. */
export async function oldOrder(
  orderId: string,
  more: { status?: string; payment?: "cod" | "pending"; email?: string | null },
): Promise<void> {
  const { status = "PENDING", payment = "pending", email = null } = more;
  await sqlInD1(
    `INSERT INTO orders (order_id, hold_id, request_hash, status, payment_method, payment_status, customer_name, customer_email, country,
       delivery_method, ranked_by, currency, subtotal_minor, delivery_cost_minor, total_minor, estimated_delivery_at_ms, created_at_ms,
       updated_at_ms)
     VALUES (?1, ?1 || '.hold', 'hash', ?2, iif(?3 = 'cod', 'cod', 'card'), ?3, 'Ann', ?4, 'IN', 'in_door', 'default', 'INR', 1, 0, 1, 9, 5, 6)`,
    orderId,
    status,
    payment,
    email,
  );
}

/** The available units of a level. */
const FREE = `iif(EXISTS (SELECT 1 FROM products p WHERE p.product_id = stock_levels.product_id AND p.status = 'archived'), 0,
  on_hand - reserved)`;

/** The flush of release 0.1.0 for a product and its bundles: `git show e52b0e4:src/stock/projection.ts`. */
export async function oldFlush(productId: string): Promise<void> {
  const levels = await stockOf(productId).levels();
  const product = env.DB.prepare(
    `INSERT OR REPLACE INTO product_stock (product_id, available, on_hand, reserved, as_of_ms)
     SELECT ?1, coalesce(sum(available), 0), coalesce(sum(on_hand), 0), coalesce(sum(reserved), 0), CAST(?2 AS INTEGER)
     FROM (
       SELECT sum(${FREE}) AS available, sum(on_hand) AS on_hand, sum(reserved) AS reserved
       FROM stock_levels WHERE product_id = ?1 GROUP BY variant_id
     )`,
  );
  const bundles = env.DB.prepare(
    `INSERT OR REPLACE INTO product_stock (product_id, available, on_hand, reserved, as_of_ms)
     SELECT bundle_id, min(coalesce((
       SELECT sum(${FREE}) FROM stock_levels
       WHERE stock_levels.product_id = parts.product_id AND stock_levels.variant_id = parts.variant_id
     ), 0) / quantity), 0, 0, CAST(?2 AS INTEGER)
     FROM components parts WHERE bundle_id IN (SELECT DISTINCT bundle_id FROM components WHERE product_id = ?1 LIMIT 100)
     GROUP BY bundle_id`,
  );
  const upsert = env.DB.prepare(
    `INSERT INTO stock_levels (product_id, variant_id, warehouse_id, on_hand, reserved, version, as_of_ms)
     SELECT ?1, value->>'variantId', value->>'warehouseId', value->>'onHand', value->>'reserved', value->>'version',
       CAST(?3 AS INTEGER)
     FROM json_each(?2) WHERE true
     ON CONFLICT DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved, version = excluded.version,
       as_of_ms = excluded.as_of_ms WHERE excluded.version > stock_levels.version`,
  );
  await env.DB.batch([
    upsert.bind(productId, JSON.stringify(levels), Date.now()),
    product.bind(productId, Date.now()),
    bundles.bind(productId, Date.now()),
  ]);
}
