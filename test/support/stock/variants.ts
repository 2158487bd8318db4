import { adjustment, newStock, sqlInD1, stockOf } from "./stock.ts";
import { alertsOf, flushed } from "./alerts.ts";

/** The columns of a variant's row; `id` is added to its product's. */
interface VariantRow {
  id: string;
  units?: number;
  min?: number;
  status?: string;
}

/** A product of several variants with units in BLR, flushed. @returns its id; a variant's is `<product>-<id>` */
export async function productOf(
  variants: readonly VariantRow[],
  fields: { min?: number | null; status?: string } = {},
): Promise<string> {
  const { productId } = newStock();
  await sqlInD1(
    `INSERT INTO products (product_id, name, sku, status, is_bundle, price_minor, min_stock_level, created_at_ms, updated_at_ms)
     VALUES (?1, 'Shirt', 'SKU-' || ?1, ?2, 0, 1, ?3, 0, 0)`,
    productId,
    fields.status ?? "active",
    fields.min ?? null,
  );
  for (const [position, { id, min, status = "active" }] of variants.entries()) {
    await sqlInD1(
      `INSERT INTO variants (variant_id, product_id, position, sku, name, status, min_stock_level)
       VALUES (?1 || '-' || ?2, ?1, ?3, 'SKU-' || ?1 || '-' || ?2, 'Size ' || ?2, ?4, ?5)`,
      productId,
      id,
      position,
      status,
      min ?? null,
    );
  }
  for (const { id, units = 0 } of variants) if (units > 0) await receiveVariant(productId, id, units);
  await stockOf(productId).refresh();
  await flushed(productId);
  return productId;
}

/** Adjusts the stock of a variant in BLR, down if negative, and flushes. */
export async function moveVariant(productId: string, id: string, units: number, warehouseId = "BLR"): Promise<void> {
  await receiveVariant(productId, id, units, warehouseId);
  await flushed(productId);
}

async function receiveVariant(productId: string, id: string, units: number, warehouseId = "BLR"): Promise<void> {
  const place = { variantId: `${productId}-${id}`, warehouseId };
  await stockOf(productId).adjust(adjustment(units > 0 ? "receive" : "issue", Math.abs(units), place));
}

/** Changes a variant's column in D1, and flushes. */
export async function changeVariant(productId: string, id: string, column: string, value: string | number | null): Promise<void> {
  await sqlInD1(`UPDATE variants SET ${column} = ? WHERE variant_id = ?`, value, `${productId}-${id}`);
  await stockOf(productId).refresh();
  await flushed(productId);
}

/** The alerts of a variant, as those of a product. */
export function alertsOfVariant(productId: string, id: string): Promise<string[]> {
  return alertsOf(`${productId}/${productId}-${id}`);
}
