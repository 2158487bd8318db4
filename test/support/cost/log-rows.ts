import { env } from "cloudflare:workers";

const CHUNK = 10_000;

/**
 * Writes rows of everything that grows as a shop runs, straight into D1, number n at minute n: an entry of the audit log, an alert (of
 * every ten one is open), a customer, a transfer on its way, and a webhook's delivery.
 */
export async function fillLogs(from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += CHUNK) {
    const numbers = `WITH RECURSIVE numbers(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${Math.min(first + CHUNK, to)})`;
    const fill = (insert: string, select: string) => env.DB.prepare(`${insert} ${numbers} SELECT ${select} FROM numbers`);
    await env.DB.batch([
      fill(
        "INSERT INTO audit_log (at_ms, audit_id, actor, action, record_type, record_id, request_id)",
        `n * 60000, 'A' || n, 'user:u-' || (n % 20), 'product.change', 'product', 'fill-' || (n % 1000), 'r'`,
      ),
      fill(
        "INSERT INTO alerts (opened_at_ms, alert_id, kind, subject, details, closed_at_ms)",
        `n * 60000, 'ALT' || n, 'low_stock', 'log-' || n, '{}', iif(n % 10 = 0, NULL, n * 60000 + 1)`,
      ),
      fill(
        "INSERT INTO users (user_id, email, name, role, tier, status, created_at_ms, updated_at_ms)",
        `'log-' || n, 'log-' || n || '@example.com', 'Asha', 'customer', 'standard', 'active', n * 60000, n * 60000`,
      ),
      fill(
        "INSERT INTO transfers (transfer_id, from_warehouse_id, to_warehouse_id, status, actor, request_id, dispatch_by_ms, created_at_ms, updated_at_ms)",
        `'TRF' || n, 'BLR', 'MUM', 'in_transit', 'admin', 'r', n * 60000, n * 60000, n * 60000`,
      ),
      fill(
        "INSERT INTO webhook_deliveries (delivery_id, endpoint_id, event_id, event_type, payload, status, attempts, next_attempt_at_ms, give_up_at_ms, created_at_ms)",
        `'e' || n || ':WHE', 'WHE', 'e' || n, 'stock.low', '{}', 'delivered', 1, n * 60000, n * 60000, n * 60000`,
      ),
    ]);
  }
}
