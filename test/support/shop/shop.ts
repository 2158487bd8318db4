import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type AskOptions, patch, post, put } from "../http/requests.ts";
import { openShop } from "./warehouses.ts";

const ADMIN: AskOptions = { admin: true };

/** Makes the warehouses BLR, MUM and DEL in that fixed order, the three delivery methods, and a postal code near each. */
export const demoWarehouses = openShop;

/** An id that no other test has. */
export function newId(prefix = "p"): string {
  return `${prefix}-${crypto.randomUUID()}`;
}

/**
 * Makes a product of its own for a test, without stock; `fields` go into the request.
 * @returns its id, which is its variant's too unless `fields.variants` are given
 */
export async function product(fields: Record<string, unknown> = {}): Promise<{ productId: string }> {
  const productId = typeof fields.product_id === "string" ? fields.product_id : newId();
  const sku = fields.variants === undefined ? { sku: `SKU-${productId}` } : {};
  await must(post("/api/v1/products", { product_id: productId, name: "Basmati Rice 1kg", price: 150, ...sku, ...fields }, ADMIN));
  return { productId };
}

/** Makes a product with units in one warehouse, BLR unless another is named. */
export async function stockedProduct(units: number, options: { warehouseId?: string } = {}): Promise<{ productId: string }> {
  const made = await product();
  if (units > 0) await receive(made.productId, units, options);
  return made;
}

/** Books units in by hand. */
export async function receive(
  productId: string,
  units: number,
  options: { warehouseId?: string; variantId?: string } = {},
): Promise<void> {
  const { warehouseId = "BLR", variantId } = options;
  const body = { quantity: units, movement_type: "in", reason: "test", warehouse_id: warehouseId, variant_id: variantId };
  await must(put(`/api/v1/inventory/products/${productId}/stock`, body, ADMIN));
}

/** Makes a bundle of one unit of each product, or of as many as are given. */
export async function bundle(parts: { productId: string; quantity?: number }[]): Promise<{ productId: string }> {
  return product({ components: parts.map(({ productId, quantity = 1 }) => ({ product_id: productId, quantity })) });
}

/** Takes a product out of sale. */
export async function archive(productId: string): Promise<void> {
  await must(patch(`/api/v1/products/${productId}`, { status: "archived" }, ADMIN));
}

/**
 * Has a product's object write what is owed to the projection. It is taken out of memory first, so that it does not remember
 * that it has just flushed, and no test waits for the clock.
 */
export async function flush(productId: string): Promise<void> {
  await evictDurableObject(env.STOCK.getByName(productId));
  await runDurableObjectAlarm(env.STOCK.getByName(productId));
}

/** Fails the test with the answer's own words, where a builder was refused. */
async function must(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
