import { SECRETS } from "../deployed/server.ts";
import type { ApiRequest } from "./client.ts";
import type { Clients } from "./write-shop.ts";

// Requests to release 0.3.0 about a product of their own, whose units take every way out of its shelf that the release knew.

/** The product, which release 0.3.0 had. */
export const SOLD_BEFORE = "tea";
/** Units of each order. */
export const BOUGHT = 4;

/** Sells tea: 60 units in BLR, 20 in MUM. Keys end in the name of what they did. */
export async function sellTea(clients: Clients): Promise<void> {
  const admin = (method: ApiRequest["method"], path: string, body: unknown, name: string, status = 200) =>
    clients.send({ method, path: `/api/v1${path}`, body, token: SECRETS.ADMIN_TOKEN, key: teaKey(name) }, status);
  await admin("POST", "/products", { product_id: SOLD_BEFORE, name: "Assam Tea", sku: "TEA", price: 80 }, "product", 201);
  for (const [warehouseId, quantity] of [
    ["BLR", 60],
    ["MUM", 20],
  ] as const) {
    const body = { quantity, movement_type: "in", reason: "Opening stock", warehouse_id: warehouseId };
    await admin("PUT", `/inventory/products/${SOLD_BEFORE}/stock`, body, `stock-${warehouseId}`);
  }
  const place = async (name: string, payment: string) => {
    const order = { customer_name: "Asha", postal_code: "560001", item: SOLD_BEFORE, quantity: BOUGHT, payment_method: payment };
    const { order_id: orderId, total } = await admin("POST", "/orders", order, name, 201);
    return { path: `/orders/${String(orderId)}`, total };
  };
  await place("pending", "cod");
  const processing = await place("processing", "cod");
  await admin("PUT", processing.path, { status: "PROCESSING" }, "processing-packed");
  await admin("POST", `${(await place("cancelled", "cod")).path}/cancel`, {}, "cancelled-ends");
  for (const name of ["completed", "returned"]) {
    const { path } = await place(name, "cod");
    await admin("PUT", path, { status: "PROCESSING" }, `${name}-packed`);
    await admin("PUT", path, { status: "COMPLETED" }, `${name}-done`);
    if (name === "completed") continue;
    for (const condition of ["sellable", "damaged"]) {
      const items = [{ product_id: SOLD_BEFORE, quantity: 1, condition }];
      await admin("POST", `${path}/returns`, { items, reason: "Torn" }, `${name}-${condition}`);
    }
  }
  await place("unpaid", "card");
  const { path, total } = await place("paid", "card");
  const payment = { payment_reference: "UTR 1", amount: total, currency: "INR" };
  await admin("POST", `${path}/payment/confirm`, payment, "paid-confirmed");
  const { cart_id: cartId } = await admin("POST", "/carts", { postal_code: "560001" }, "cart", 201);
  await admin("POST", `/carts/${String(cartId)}/items`, { product_id: SOLD_BEFORE, quantity: 3 }, "cart-line");
  const items = [{ product_id: SOLD_BEFORE, quantity: 5 }];
  await admin("POST", "/inventory/transfers", { from_warehouse_id: "BLR", to_warehouse_id: "MUM", items }, "transfer", 201);
}

/** The key of a request that `sellTea` sent. */
export function teaKey(name: string): string {
  return `tea-in-release-0-3-${name}`;
}
