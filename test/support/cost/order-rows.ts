import { env } from "cloudflare:workers";

const CHUNK = 10_000;

/**
 * Writes orders straight into D1, number n placed at minute n: every 10th CANCELLED, the others PENDING; every 4th supplied by MUM, the
 * others by BLR; of every hundred, one of the customer c@example.com and one with the phone +911; every 50th hidden; account u-1 has
 * every 200th.
 */
export async function fillOrders(from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += CHUNK) {
    const numbers = `WITH RECURSIVE numbers(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${Math.min(first + CHUNK, to)})`;
    await env.DB.batch([
      env.DB.prepare(`
        INSERT INTO orders (order_id, hold_id, request_hash, status, payment_method, payment_status, customer_name, customer_email,
          customer_phone, country, delivery_method, ranked_by, currency, subtotal_minor, delivery_cost_minor, total_minor,
          estimated_delivery_at_ms, created_at_ms, updated_at_ms, user_id, deleted_at_ms)
        ${numbers} SELECT 'ORDFILL' || n, 'ORDFILL' || n || '.a', '', iif(n % 10 = 0, 'CANCELLED', 'PENDING'), 'cod', 'cod', 'Asha',
          iif(n % 100 = 1, 'c@example.com', NULL), iif(n % 100 = 2, '+911', NULL), 'IN', 'curbside', 'default', 'INR', 100, 0, 100,
          n * 60000, n * 60000, n * 60000, iif(n % 200 = 1, 'u-1', NULL), iif(n % 50 = 0, 1, NULL)
        FROM numbers`),
      env.DB.prepare(`
        INSERT INTO order_warehouses (warehouse_id, created_at_ms, order_id)
        ${numbers} SELECT iif(n % 4 = 0, 'MUM', 'BLR'), n * 60000, 'ORDFILL' || n FROM numbers`),
    ]);
  }
}
