import { refusedField } from "../errors.ts";
import type { AppContext } from "../http/context.ts";
import { edgeOf } from "../http/edge.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { limitOrders } from "../http/rate-limit.ts";
import { createRouter, sumMinorOf } from "../http/validate.ts";
import * as contract from "./contract.ts";
import { toOrderJson } from "./json.ts";
import { placeOrder } from "./place.ts";
import { noOrder } from "./show.ts";
import type { OrderRequest } from "./quote.ts";

/** Placing an order; what comes after it is in `lifecycle-routes`. */
export const orderRoutes = createRouter();

orderRoutes.post("/", limitOrders);

orderRoutes.openapi(contract.placeOrder, async (c) => {
  const { deps, caller } = c.var;
  const body = c.req.valid("json");
  if (body.allocation_policy !== undefined && !caller.may("orders:choose_policy")) {
    throw refusedField("forbidden", "allocation_policy", "only an admin chooses it");
  }
  const keyed = await keyedRequest(c, body);
  const { order, replayed } = await placeOrder(deps, toRequest(c, body), keyed);
  // Whoever placed it as staff, and is none any more, has no right to it.
  if (replayed && caller.role === "customer" && order.userId !== caller.userId) throw noOrder();
  if (replayed) c.header("Idempotency-Replayed", "true");
  c.header("Location", `/api/v1/orders/${order.orderId}`);
  const token = await deps.tokenOf(order.orderId);
  return c.json({ ...toOrderJson(order, deps.config.currencyDecimals), order_token: token }, 201);
});

function toRequest(c: AppContext, body: contract.PlaceBody): OrderRequest {
  const { item, quantity = 1, items = [] } = body;
  const lines = items.map((line) => ({ productId: line.product_id, variantId: line.variant_id, quantity: line.quantity }));
  return {
    customerName: body.customer_name,
    customerEmail: body.customer_email ?? null,
    customerPhone: body.customer_phone ?? null,
    deliveryAddress: body.delivery_address ?? null,
    postalCode: body.postal_code ?? null,
    country: body.country ?? c.var.deps.config.country,
    deliveryMethod: body.delivery_method,
    paymentMethod: body.payment_method,
    notes: body.notes ?? null,
    items: item === undefined ? lines : [{ item, quantity }],
    policy: body.allocation_policy,
    ...pricedBy(c, body),
    edge: edgeOf(c),
  };
}

function pricedBy(c: AppContext, { promo_code: promoCode, expected_total: expected }: contract.PlaceBody) {
  const { caller, deps } = c.var;
  const customer = caller.role === "customer" ? caller : undefined;
  const expectedMinor = expected === undefined ? undefined : sumMinorOf("expected_total", expected, deps.config.currencyDecimals);
  return { promoCode: promoCode ?? null, expectedMinor, userId: customer?.userId ?? null, tier: customer?.tier ?? null };
}
