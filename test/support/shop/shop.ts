import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type AskOptions, patch, post, put } from "../http/requests.ts";
import { openShop } from "./warehouses.ts";

const ADMIN: AskOptions = { admin: true };

/** Creates the warehouses BLR, MUM and DEL in that order, the three delivery methods, and a postal code near each. */
export const demoWarehouses = openShop;

/** An id that no other test has. */
export function newId(prefix = "p"): string {
  return `${prefix}-${crypto.randomUUID()}`;
}

/**
 * Creates a new product without stock; `fields` go into the request.
 * @returns its id, which is also its variant's unless `fields.variants` are given
 */
export async function product(fields: Record<string, unknown> = {}): Promise<{ productId: string }> {
  const productId = typeof fields.product_id === "string" ? fields.product_id : newId();
  const sku = fields.variants === undefined ? { sku: `SKU-${productId}` } : {};
  await must(post("/api/v1/products", { product_id: productId, name: "Basmati Rice 1kg", price: 150, ...sku, ...fields }, ADMIN));
  return { productId };
}

/** Creates a product with units in one warehouse, by default BLR. */
export async function stockedProduct(units: number, options: { warehouseId?: string } = {}): Promise<{ productId: string }> {
  const made = await product();
  if (units > 0) await receive(made.productId, units, options);
  return made;
}

/** Receives units by a manual movement. */
export async function receive(
  productId: string,
  units: number,
  options: { warehouseId?: string; variantId?: string } = {},
): Promise<void> {
  const { warehouseId = "BLR", variantId } = options;
  const body = { quantity: units, movement_type: "in", reason: "test", warehouse_id: warehouseId, variant_id: variantId };
  await must(put(`/api/v1/inventory/products/${productId}/stock`, body, ADMIN));
}

/** Creates a bundle of products, one unit each by default. */
export async function bundle(parts: { productId: string; quantity?: number }[]): Promise<{ productId: string }> {
  return product({ components: parts.map(({ productId, quantity = 1 }) => ({ product_id: productId, quantity })) });
}

/** Archives a product. */
export async function archive(productId: string): Promise<void> {
  await must(patch(`/api/v1/products/${productId}`, { status: "archived" }, ADMIN));
}

/**
 * Makes a product's object flush to the projection. It is evicted from memory first, so that it does not wait for the interval since its
 * last flush.
 */
export async function flush(productId: string): Promise<void> {
  await evictDurableObject(env.STOCK.getByName(productId));
  await runDurableObjectAlarm(env.STOCK.getByName(productId));
}

/** Fails the test with the answer if it is a refusal. */
async function must(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
