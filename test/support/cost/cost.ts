import { env } from "cloudflare:workers";
import { put } from "../http/requests.ts";

/** The cost of one request, by the counters of its D1 answers. */
export interface Cost {
  hops: number;
  statements: number;
  rowsRead: number;
  rowsWritten: number;
}

/** Reads the counters that every answer carries in `Server-Timing`. */
export function costOf(response: Response): Cost {
  const timing = response.headers.get("Server-Timing") ?? "";
  const [, statements, rowsRead, rowsWritten] = /desc="(\d+) statements, (\d+) rows read, (\d+) written"/.exec(timing) ?? [];
  const [, hops] = /hops;desc="(\d+)"/.exec(timing) ?? [];
  return { hops: Number(hops), statements: Number(statements), rowsRead: Number(rowsRead), rowsWritten: Number(rowsWritten) };
}

const CHUNK = 10_000;

/**
 * Fills the catalogue up to a number of simple products with a price, one variant, a level and a movement each, directly in D1. One
 * product in seven is out of stock, two are low, and each supplier has one in 50.
 */
export async function fillCatalogue(from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += CHUNK) {
    const numbers = `WITH RECURSIVE numbers(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${Math.min(first + CHUNK, to)})`;
    const fill = (insert: string, select: string) => env.DB.prepare(`${insert} ${numbers} SELECT ${select} FROM numbers`);
    await env.DB.batch([
      fill(
        `INSERT INTO products (product_id, name, category, brand, unit, status, is_bundle, price_minor, created_at_ms, updated_at_ms,
           cost_minor, min_stock_level, supplier_name, sku)`,
        `'fill-' || n, 'Filler number ' || n, 'Category ' || (n % 10), 'Brand ' || (n % 50), 'kg', 'active', 0, 1000 + n, 1, 1,
         500 + n, 2, 'Supplier ' || (n % 50), 'FILL-' || n`,
      ),
      fill(
        "INSERT INTO variants (variant_id, product_id, position, sku, status)",
        `'fill-' || n, 'fill-' || n, 0, 'FILL-' || n, 'active'`,
      ),
      fill(
        "INSERT INTO stock_levels (product_id, variant_id, warehouse_id, on_hand, reserved, allocated, version, as_of_ms)",
        `'fill-' || n, 'fill-' || n, 'BLR', n % 7, 0, 0, 1, 1`,
      ),
      fill(
        `INSERT INTO stock_movements (product_id, seq, kind, variant_id, warehouse_id, delta_on_hand, on_hand_after, reference_type,
           reference_id, actor, at_ms)`,
        `'fill-' || n, 1, iif(n % 100 = 0, 'damage', 'receive'), 'fill-' || n, 'BLR', n % 7, n % 7, 'adjustment', 'ADJ' || n, 'admin', n`,
      ),
      env.DB.prepare(
        `UPDATE product_stock SET available = n % 7, on_hand = n % 7, as_of_ms = 1,
           stock_status = iif(n % 7 = 0, 'out_of_stock', iif(n % 7 <= 2, 'low_stock', 'in_stock')), is_low = n % 7 <= 2,
           shortfall = max(0, 2 - n % 7), 
           levels = json_array(json_object('warehouseId', 'BLR', 'onHand', n % 7, 'reserved', 0, 'allocated', 0)),
           stock_value_minor = n % 7 * (500 + n), retail_value_minor = n % 7 * (1000 + n)
         FROM (${numbers} SELECT n FROM numbers) WHERE product_id = 'fill-' || n`,
      ),
    ]);
  }
}

/** Receives one unit of a product in BLR, by staff. */
export function receiveOne(productId: string): Promise<Response> {
  const body = { quantity: 1, movement_type: "in", reason: "cost", warehouse_id: "BLR" };
  return put(`/api/v1/inventory/products/${productId}/stock`, body, { admin: true });
}
