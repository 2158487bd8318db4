import { env } from "cloudflare:workers";
import { put } from "../http/requests.ts";
import { flush, product, receive } from "../shop/shop.ts";

/** The body of a movement of ten units into BLR. */
export const MOVE = { quantity: 10, movement_type: "in", reason: "delivery", warehouse_id: "BLR" };

/** Asks for a movement as an admin. */
export function move(productId: string, body: unknown, key?: string): Promise<Response> {
  return put(`/api/v1/inventory/products/${productId}/stock`, body, { admin: true, ...(key !== undefined && { key }) });
}

/** The levels that a product's object reports. */
export async function levelsOf(productId: string): Promise<unknown> {
  const levels = await env.STOCK.getByName(productId).levels();
  return levels.map(({ warehouseId, onHand, reserved }) => ({ warehouseId, onHand, reserved }));
}

/** A product with units in BLR, flushed to D1. */
export async function flushedProduct(units: number, fields: Record<string, unknown> = {}): Promise<string> {
  const { productId } = await product(fields);
  if (units > 0) {
    await receive(productId, units);
    await flush(productId);
  }
  return productId;
}
