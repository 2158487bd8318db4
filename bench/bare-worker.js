import { DurableObject } from "cloudflare:workers";

// The floor: an order in three hops and nothing else, without framework, validation, keys, ledger, projection or alarm. It takes the same
// request as Holdfast, and commits after the answer too. It runs in the same place, with the same bindings.

const UNITS = 1_000_000_000;

/** The stock of one product: a level in SQLite, and one statement that changes it for each call. */
export class StockCounter extends DurableObject {
  /** @param {DurableObjectState} ctx @param {Env} env */
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS stock (id INTEGER PRIMARY KEY, on_hand INTEGER NOT NULL, reserved INTEGER NOT NULL)",
    );
    this.sql.exec("INSERT OR IGNORE INTO stock VALUES (1, ?, 0)", UNITS);
  }

  /** @param {number} quantity @returns {boolean} whether that many were there */
  reserve(quantity) {
    const taken = "UPDATE stock SET reserved = reserved + ?1 WHERE on_hand - reserved >= ?1";
    return this.sql.exec(taken, quantity).rowsWritten > 0;
  }

  /** @param {number} quantity */
  commit(quantity) {
    this.sql.exec("UPDATE stock SET on_hand = on_hand - ?1, reserved = reserved - ?1", quantity);
  }
}

/**
 * @typedef {{ DB: D1Database, STOCK: DurableObjectNamespace<StockCounter> }} BareEnv
 * @typedef {{ product_id: string, quantity: number }} Item
 * @typedef {{ customer_name: string, postal_code: string, delivery_method: string, items: Item[] }} Body
 * @typedef {{ product_id: string, sku: string, name: string, price_minor: number }} Product
 * @typedef {{ cost_minor: number, days: number }} Method
 */

const READ_PRODUCTS =
  "SELECT product_id, sku, name, price_minor FROM products WHERE product_id IN (SELECT value FROM json_each(?))";
const READ_METHOD = "SELECT cost_minor, days FROM delivery_methods WHERE method = ?";
const WRITE_ORDER = `INSERT INTO orders (order_id, status, customer_name, postal_code, delivery_method, subtotal_minor, delivery_cost_minor,
  total_minor, created_at_ms) VALUES (?, 'PENDING', ?, ?, ?, ?, ?, ?, ?)`;
const WRITE_ITEMS = `INSERT INTO order_items (order_id, line_no, product_id, sku, name, quantity, unit_price_minor)
  SELECT ?, key, value->>'product_id', value->>'sku', value->>'name', value->>'quantity', value->>'price_minor' FROM json_each(?)`;
const WRITE_ALLOCATIONS = `INSERT INTO order_allocations (order_id, line_no, warehouse_id, quantity)
  SELECT ?, key, 'BLR', value->>'quantity' FROM json_each(?)`;

export default {
  /** @param {Request} request @param {BareEnv} env @param {ExecutionContext} ctx */
  async fetch(request, env, ctx) {
    const body = /** @type {Body} */ (await request.json());
    const [found, methods] = await env.DB.batch([
      env.DB.prepare(READ_PRODUCTS).bind(JSON.stringify(body.items.map((item) => item.product_id))),
      env.DB.prepare(READ_METHOD).bind(body.delivery_method),
    ]);
    const products = new Map(/** @type {Product[]} */ (found?.results ?? []).map((product) => [product.product_id, product]));
    const [method] = /** @type {Method[]} */ (methods?.results ?? []);
    const stocks = body.items.map((item) => ({ quantity: item.quantity, stock: env.STOCK.getByName(item.product_id) }));
    const reserved = await Promise.all(stocks.map(({ stock, quantity }) => stock.reserve(quantity)));
    if (method === undefined || reserved.includes(false)) return new Response("short", { status: 409 });
    const items = body.items.map((item) => ({ ...item, ...products.get(item.product_id) }));
    const subtotal = items.reduce((sum, item) => sum + item.quantity * (item.price_minor ?? 0), 0);
    const orderId = crypto.randomUUID();
    const total = subtotal + method.cost_minor;
    const sums = [subtotal, method.cost_minor, total, Date.now()];
    await env.DB.batch([
      env.DB.prepare(WRITE_ORDER).bind(orderId, body.customer_name, body.postal_code, body.delivery_method, ...sums),
      env.DB.prepare(WRITE_ITEMS).bind(orderId, JSON.stringify(items)),
      env.DB.prepare(WRITE_ALLOCATIONS).bind(orderId, JSON.stringify(items)),
    ]);
    ctx.waitUntil(Promise.all(stocks.map(({ stock, quantity }) => stock.commit(quantity))));
    return Response.json({ order_id: orderId, status: "PENDING", items, total }, { status: 201 });
  },
};
