import { adjustment, FLUSH_MS, held, newStock, advanceTime, runAlarm, sqlInD1, stockOf, reserveRequest } from "./stock.ts";

/** The default minimum stock level of these products. */
export const MIN = 5;

/** Creates a product with units of its one variant in BLR, flushed. */
export async function listedProduct(units: number, fields: Record<string, string | number | null> = {}): Promise<string> {
  const { productId } = newStock();
  const row = {
    product_id: productId,
    name: "Rice",
    sku: "RICE",
    status: "active",
    is_bundle: 0,
    price_minor: 1,
    min_stock_level: MIN,
  };
  const all = { ...row, created_at_ms: 0, updated_at_ms: 0, ...fields };
  const names = Object.keys(all);
  await sqlInD1(`INSERT INTO products (${names.join()}) VALUES (${names.map(() => "?").join()})`, ...Object.values(all));
  if (units > 0) await move(productId, units);
  return productId;
}

/** Adjusts the stock, down if negative, and flushes. */
export async function move(productId: string, units: number): Promise<void> {
  await stockOf(productId).adjust(adjustment(units > 0 ? "receive" : "issue", Math.abs(units)));
  await flushed(productId);
}

/** Sells units, and flushes. @returns the hold that they are allocated to */
export async function sell(productId: string, units = 1): Promise<string> {
  const stock = stockOf(productId);
  const holdId = await held(stock, reserveRequest(units));
  await stock.commit(holdId);
  await flushed(productId);
  return holdId;
}

export async function flushed(productId: string): Promise<void> {
  advanceTime(FLUSH_MS);
  await runAlarm(productId);
}

export async function change(productId: string, column: string, value: string | number | null): Promise<void> {
  await sqlInD1(`UPDATE products SET ${column} = ? WHERE product_id = ?`, value, productId);
  await stockOf(productId).refresh();
  await flushed(productId);
}

/** The alerts of a product, oldest first: their kind, and whether they are open. */
export async function alertsOf(productId: string): Promise<string[]> {
  const rows = await sqlInD1<{ kind: string; closed_at_ms: number | null }>(
    "SELECT kind, closed_at_ms FROM alerts WHERE subject = ? ORDER BY opened_at_ms, kind",
    productId,
  );
  return rows.map((row) => `${row.kind} ${row.closed_at_ms === null ? "open" : "closed"}`);
}
