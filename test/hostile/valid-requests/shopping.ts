import { vi } from "vitest";
import { bodyOf, inStock, lineOf, newKey, type OrderBody, placed } from "../../support/orders/http.ts";
import { readCart, cartOf, newCart } from "../../support/carts/carts.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { requested, wish } from "../../support/orders/returns.ts";
import { confirm, paidOrder, rowsOf } from "../../support/payments/payments.ts";
import { eventOf, signed } from "../../support/payments/stripe.ts";
import type { ValidRequest, ValidRequests } from "./valid-request.ts";
import { uniqueId } from "./valid-request.ts";
import { type Shop, STRIPE } from "../shop.ts";

/** So few that generated quantities often exceed them. */
const FEW = 50;

const CARD = { payment_method: "card" };
const LINES = { line1: "12 Lake Road", line2: "Flat 3", city: "Bengaluru", region: "IN-KA" };
const ADDRESS = { ...LINES, postal_code: "560034", country: "IN" };
const PICKUP = { delivery_method: "self_service", postal_code: "560034" };

function order(shop: Shop, more: Record<string, unknown> = {}): Promise<OrderBody> {
  return placed(bodyOf([shop.rice], { customer_email: shop.customer.email, customer_phone: "+91 98450 12345", ...more }));
}

async function ofOrder(shop: Shop, more?: Record<string, unknown>): Promise<ValidRequest & { params: { order_id: string } }> {
  return { params: { order_id: (await order(shop, more)).order_id }, products: [shop.rice] };
}

/** A return of an order's only unit, requested by its customer. */
async function ofReturn(shop: Shop) {
  const { order_id, order_token } = await order(shop);
  for (const status of ["PROCESSING", "COMPLETED"]) await move(order_id, status);
  const { return_id } = await requested(order_id, order_token, wish(shop.rice, 1));
  return { params: { order_id, return_id }, products: [shop.rice] };
}

async function paid(shop: Shop) {
  const valid = await ofOrder(shop, CARD);
  await confirm(valid.params.order_id);
  return valid;
}

async function ofItem(): Promise<ValidRequest> {
  const few = await inStock(FEW);
  const cartId = await cartOf({ [few]: 1 });
  const [item] = (await readCart(cartId)).items;
  return { params: { cart_id: cartId, item_id: item?.item_id ?? "" }, caller: "guest", products: [few] };
}

/** Carts, orders, payments and refunds. */
export const SHOPPING: ValidRequests = {
  "POST /api/v1/carts": () => ({ body: { country: "IN", postal_code: "560034" }, caller: "guest" }),
  "GET /api/v1/carts/{cart_id}": async (shop) => ({
    params: { cart_id: await cartOf({ [shop.rice]: 1 }) },
    caller: "guest",
    products: [shop.rice],
  }),
  "POST /api/v1/carts/{cart_id}/items": async () => {
    const few = await inStock(FEW);
    const body = { product_id: few, quantity: 2, promo_code: null };
    return { params: { cart_id: await newCart() }, body, caller: "guest", products: [few] };
  },
  "PATCH /api/v1/carts/{cart_id}/items/{item_id}": async () => ({ ...(await ofItem()), body: { quantity: 3 } }),
  "DELETE /api/v1/carts/{cart_id}/items/{item_id}": ofItem,
  "POST /api/v1/carts/{cart_id}/claim": async (shop) => ({
    params: { cart_id: await cartOf({ [shop.rice]: 1 }) },
    caller: "customer",
    products: [shop.rice],
  }),
  "PUT /api/v1/carts/{cart_id}/promo-code": async (shop) => ({
    params: { cart_id: await cartOf({ [shop.rice]: 1 }) },
    body: { promo_code: "DIWALI10" },
    caller: "guest",
    products: [shop.rice],
  }),
  "GET /api/v1/payment/methods": () => ({ caller: "guest" }),
  "POST /api/v1/checkout": async (shop) => {
    const few = await inStock(FEW);
    const body = { cart_id: await cartOf({ [few]: 1 }), customer_name: "Asha", customer_email: shop.customer.email };
    return { body, caller: "guest", products: [few] };
  },
  "POST /api/v1/orders": async () => {
    const few = await inStock(FEW);
    const place = { postal_code: "560034", country: "IN", delivery_address: ADDRESS };
    const body = bodyOf([lineOf(few, 2)], { ...place, delivery_method: "curbside" });
    return { body, caller: "guest", products: [few] };
  },
  "GET /api/v1/orders": async (shop) => {
    await order(shop);
    return { query: { limit: "2", status: "PENDING", warehouse_id: "BLR" }, caller: "staff" };
  },
  "GET /api/v1/orders/{order_id}": ofOrder,
  "PUT /api/v1/orders/{order_id}": async (shop) => ({ ...(await ofOrder(shop)), body: { status: "PROCESSING", note: "Packed" } }),
  "DELETE /api/v1/orders/{order_id}": ofOrder,
  "PATCH /api/v1/orders/{order_id}": async (shop) => ({
    ...(await ofOrder(shop)),
    body: { delivery_address: ADDRESS, notes: null, staff_note: "Called twice", tags: ["fragile"] },
  }),
  "POST /api/v1/orders/{order_id}/cancel": async (shop) => ({
    ...(await ofOrder(shop)),
    body: { items: [{ line_no: 1, quantity: 1 }], reason: "Changed my mind" },
  }),
  "POST /api/v1/orders/{order_id}/reopen": async (shop) => {
    const valid = await ofOrder(shop);
    const { order_id: orderId } = valid.params;
    await move(orderId, "CANCELLED");
    // Its units are back, so that nothing is written later than the request.
    await vi.waitUntil(async () => (await rowsOf("SELECT 1 FROM stock_actions WHERE order_id = ?", orderId)).length === 0);
    return { ...valid, body: { note: "The customer called" } };
  },
  "POST /api/v1/orders/{order_id}/returns": async (shop) => {
    const valid = await ofOrder(shop);
    await move(valid.params.order_id, "PROCESSING");
    return { ...valid, body: { items: [{ product_id: shop.rice, quantity: 1, condition: "sellable" }], reason: "Torn" } };
  },
  "POST /api/v1/orders/{order_id}/returns/{return_id}/receive": async (shop) => ({
    ...(await ofReturn(shop)),
    body: { items: [{ product_id: shop.rice, quantity: 1, condition: "damaged" }], warehouse_id: "BLR" },
  }),
  "POST /api/v1/orders/{order_id}/returns/{return_id}/reject": async (shop) => ({
    ...(await ofReturn(shop)),
    body: { reason: "After 30 days" },
  }),
  "GET /api/v1/returns": async (shop) => {
    for (const _ of [1, 2, 3]) await ofReturn(shop);
    return { query: { status: "requested", limit: "2" }, caller: "staff" };
  },
  "POST /api/v1/orders/{order_id}/shipments": async (shop) => ({
    ...(await ofOrder(shop)),
    body: { warehouse_id: "BLR", items: [{ line_no: 1, quantity: 1 }], carrier: "Delhivery", tracking_number: "AWB-1" },
  }),
  "POST /api/v1/orders/{order_id}/allocations": async (shop) => ({ ...(await ofOrder(shop)), body: { warehouse_id: "BLR" } }),
  "POST /api/v1/orders/{order_id}/ready": (shop) => ofOrder(shop, PICKUP),
  "POST /api/v1/orders/{order_id}/collected": (shop) => ofOrder(shop, PICKUP),
  "GET /api/v1/fulfillments": async (shop) => {
    await order(shop);
    return { query: { warehouse_id: "BLR", status: "open", delivery_method: "curbside", limit: "2" }, caller: "staff" };
  },
  "GET /api/v1/fulfillments/pick-list": async (shop) => {
    await order(shop);
    return { query: { warehouse_id: "BLR", limit: "2" }, caller: "staff" };
  },
  "POST /api/v1/orders/{order_id}/claim": async (shop) => {
    const { order_id, order_token } = await order(shop);
    return { params: { order_id }, body: { order_token }, caller: "customer", products: [shop.rice] };
  },
  "POST /api/v1/orders/bulk": async (shop) => {
    const { params, ...valid } = await ofOrder(shop);
    return { ...valid, body: { order_ids: [params.order_id], action: "add_tag", tag: "fragile" } };
  },
  "POST /api/v1/orders/{order_id}/link": async (shop) => ({
    ...(await ofOrder(shop)),
    body: { expires_in_days: 30 },
    caller: "staff",
  }),
  "POST /api/v1/orders/{order_id}/request-link": async (shop) => ({
    ...(await ofOrder(shop)),
    body: { email: "asha@example.com" },
    caller: "guest",
  }),
  "POST /api/v1/orders/{order_id}/payment/confirm": async (shop) => {
    const valid = await ofOrder(shop, CARD);
    const { total } = await paidOrder(valid.params.order_id);
    return { ...valid, body: { payment_reference: newKey(), amount: total, currency: "INR" } };
  },
  "POST /api/v1/orders/{order_id}/refunds": async (shop) => ({
    ...(await paid(shop)),
    body: { amount: 1.5, reason: "Bag torn" },
  }),
  "GET /api/v1/orders/{order_id}/payments": paid,
  "POST /api/v1/orders/{order_id}/payment": (shop) => ofOrder(shop, CARD),
  "POST /api/v1/webhooks/stripe": async () => {
    const text = JSON.stringify(
      eventOf("payment_intent.succeeded", { id: uniqueId("pi"), amount_received: 100, currency: "inr" }),
    );
    return {
      file: { type: "application/json", text },
      headers: { "Stripe-Signature": await signed(text, { secret: STRIPE.webhookSecret }) },
      caller: "guest",
    };
  },
};
