import { refusedField } from "../../errors.ts";
import type { AppContext } from "../../http/context.ts";
import { hashRequest, keyedRequest } from "../../http/idempotency.ts";
import { limitOrders } from "../../http/rate-limit.ts";
import { challengeGuests } from "../../http/turnstile.ts";
import { createRouter } from "../../http/router.ts";
import { toBuyer } from "./buyer-json.ts";
import * as contract from "./contract.ts";
import { shownOrder, toOrderJson } from "../json.ts";
import { placeOrder } from "./place-order.ts";
import * as reopenContract from "./reopen-contract.ts";
import { reopenOrder } from "./reopen-order.ts";
import type { OrderKey } from "./attempt.ts";
import { noOrder } from "../lifecycle/show-order.ts";
import type { OrderRequest } from "../rules/order-request.ts";

/** Placing an order, and reopening one; the rest is in `lifecycle/routes.ts`. */
export const orderRoutes = createRouter();

orderRoutes.post("/", limitOrders, challengeGuests);

orderRoutes.openapi(contract.placeOrder, async (c) => {
  const { deps, caller } = c.var;
  const body = c.req.valid("json");
  if (body.allocation_policy !== undefined && !caller.may("orders:choose_policy")) {
    throw refusedField("forbidden", "allocation_policy", "only an admin chooses it");
  }
  const keyed = await orderKey(c, body);
  const { order, replayed } = await placeOrder(deps, await toRequest(c, body), keyed);
  // A former member of staff may not read the order of another customer.
  if (replayed && caller.role === "customer" && order.userId !== caller.userId) throw noOrder();
  if (replayed) c.header("Idempotency-Replayed", "true");
  c.header("Location", `/api/v1/orders/${order.orderId}`);
  const token = await deps.tokenOf(order.orderId);
  return c.json({ ...toOrderJson(order, deps.config.currencyDecimals), order_token: token }, 201);
});

orderRoutes.openapi(reopenContract.reopenOrder, async (c) => {
  const { order_id: orderId } = c.req.valid("param");
  const { note = null } = c.req.valid("json");
  const keyed = await keyedRequest(c, { note });
  const { answer, replayed } = await reopenOrder(c.var.deps, keyed, { orderId, note });
  return c.json(shownOrder(c, answer, replayed), 200);
});

async function orderKey(c: AppContext, body: contract.PlaceBody): Promise<OrderKey | undefined> {
  const keyed = await keyedRequest(c, body);
  if (!keyed) return undefined;
  const former = await asTyped(c, body);
  return former === undefined ? keyed : { ...keyed, formerHash: await hashRequest(former) };
}

/**
 * The request as release 0.1.0 hashed it: with the e-mail address as it was typed. Orders that it recorded without an answer may still
 * be retried under their key.
 */
async function asTyped(c: AppContext, body: contract.PlaceBody): Promise<object | undefined> {
  if (typeof body.customer_email !== "string") return undefined;
  const { customer_email: typed } = await c.req.json<{ customer_email: string }>();
  return typed === body.customer_email ? undefined : { ...body, customer_email: typed };
}

async function toRequest(c: AppContext, body: contract.PlaceBody): Promise<OrderRequest> {
  const { item, quantity = 1, items = [] } = body;
  const lines = items.map((line) => ({ productId: line.product_id, variantId: line.variant_id, quantity: line.quantity }));
  const { country = c.var.deps.config.country, ...buyer } = await toBuyer(c, body);
  return {
    ...buyer,
    country,
    promoCode: body.promo_code ?? null,
    items: item === undefined ? lines : [{ item, quantity }],
    policy: body.allocation_policy,
  };
}
