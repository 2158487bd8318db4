import { env } from "cloudflare:workers";

/** What one request cost, by the counters of the D1 answers that it got. */
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

/** Fills the catalogue up to a number of simple products with a price, one variant and a level each, straight in D1. */
export async function fillCatalogue(from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += CHUNK) {
    const numbers = `WITH RECURSIVE numbers(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${Math.min(first + CHUNK, to)})`;
    const fill = (insert: string, select: string) => env.DB.prepare(`${insert} ${numbers} SELECT ${select} FROM numbers`);
    await env.DB.batch([
      fill(
        "INSERT INTO products (product_id, name, category, brand, unit, status, is_bundle, price_minor, created_at_ms, updated_at_ms)",
        `'fill-' || n, 'Filler number ' || n, 'Category ' || (n % 10), 'Brand ' || (n % 50), 'kg', 'active', 0, 1000 + n, 1, 1`,
      ),
      fill(
        "INSERT INTO variants (variant_id, product_id, position, sku, status)",
        `'fill-' || n, 'fill-' || n, 0, 'FILL-' || n, 'active'`,
      ),
      fill(
        "INSERT INTO stock_levels (product_id, variant_id, warehouse_id, on_hand, reserved, version, as_of_ms)",
        `'fill-' || n, 'fill-' || n, 'BLR', n % 7, 0, 1, 1`,
      ),
      fill("INSERT INTO product_stock (product_id, available, on_hand, reserved, as_of_ms)", `'fill-' || n, n % 7, n % 7, 0, 1`),
    ]);
  }
}
