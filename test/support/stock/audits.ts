import { env } from "cloudflare:workers";
import { type AskOptions, post } from "../http/requests.ts";
import { stocked } from "../orders/orders.ts";
import { flush } from "../shop/shop.ts";

interface AuditDifference {
  product_id: string;
  where: "ledger" | "projection";
  what: string;
  variant_id: string | null;
  warehouse_id: string | null;
  expected: number;
  found: number | null;
}

export interface AuditBody {
  checked: number;
  differences: AuditDifference[];
  repaired: string[];
  unanswered: string[];
  next_cursor: string | null;
  progress: { done: number; total: number };
  code?: string;
  errors?: { field: string }[];
}

export async function audit(body: unknown = { limit: 50 }, options: AskOptions = { admin: true }) {
  const response = await post("/api/v1/inventory/audit", body, options);
  return { status: response.status, body: await response.json<AuditBody>() };
}

/** A product with units in BLR and in MUM, flushed to D1. */
export async function projectedProduct(): Promise<string> {
  const productId = await stocked({ BLR: 5, MUM: 3 });
  await flush(productId);
  return productId;
}

/** Everything that D1 has of a product's stock, without the times of writing. */
export async function allInD1(productId: string): Promise<unknown[]> {
  const tables = ["stock_levels", "stock_movements", "product_stock"];
  const results = await env.DB.batch<Record<string, unknown>>(
    tables.map((table) => env.DB.prepare(`SELECT * FROM ${table} WHERE product_id = ? ORDER BY 1, 2, 3`).bind(productId)),
  );
  return results.map(({ results: rows }) => rows.map(({ as_of_ms: _, ...row }) => row));
}
