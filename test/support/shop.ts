import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type AskOptions, patch, post, put } from "./http.ts";

const ADMIN: AskOptions = { admin: true };

const WAREHOUSES = [
  {
    warehouse_id: "BLR",
    name: "Bengaluru",
    postal_code: "560001",
    latitude: 12.9766,
    longitude: 77.5993,
    allows_self_service: true,
  },
  {
    warehouse_id: "MUM",
    name: "Mumbai",
    postal_code: "400001",
    latitude: 18.9385,
    longitude: 72.8363,
    allows_self_service: true,
  },
  {
    warehouse_id: "DEL",
    name: "Delhi",
    postal_code: "110001",
    latitude: 28.6327,
    longitude: 77.2196,
    allows_self_service: false,
  },
];

const METHODS = { self_service: 0, curbside: 49, in_door: 149 };

const POSTAL_CODES = [
  { code: "560034", latitude: 12.93, longitude: 77.62 },
  { code: "400050", latitude: 19.06, longitude: 72.83 },
  { code: "110017", latitude: 28.53, longitude: 77.21 },
];

/** Makes the warehouses BLR, MUM and DEL in that fixed order, the three delivery methods, and a postal code near each. */
export async function demoWarehouses(): Promise<void> {
  for (const warehouse of WAREHOUSES) await must(post("/api/v1/warehouses", { country: "IN", ...warehouse }, ADMIN));
  for (const [method, cost] of Object.entries(METHODS)) {
    await must(put(`/api/v1/delivery/methods/${method}`, { name: method, cost, days: 3 }, ADMIN));
  }
  await must(put("/api/v1/postal-codes", { country: "IN", postal_codes: POSTAL_CODES }, ADMIN));
}

/** An id that no other test has. */
export function newId(prefix = "p"): string {
  return `${prefix}-${crypto.randomUUID()}`;
}

/**
 * Makes a product of its own for a test, without stock; `fields` go into the request.
 * @returns its id, which is its variant's too unless `fields.variants` are given
 */
export async function product(fields: Record<string, unknown> = {}): Promise<{ productId: string }> {
  const productId = newId();
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

/** Has a product's object write what is owed to the projection, without waiting for the clock. */
export async function flush(productId: string): Promise<void> {
  await runDurableObjectAlarm(env.STOCK.getByName(productId));
}

/** Fails the test with the answer's own words, where a builder was refused. */
async function must(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
