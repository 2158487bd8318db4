import { keyedRequest } from "../../http/idempotency.ts";
import { limitOrders } from "../../http/rate-limit.ts";
import { challengeGuests } from "../../http/turnstile.ts";
import { createRouter } from "../../http/router.ts";
import { toBuyer } from "../placement/buyer-json.ts";
import { checkOut } from "./check-out.ts";
import * as contract from "./contract.ts";
import { toOrderJson } from "../json.ts";
import { noOrder } from "../lifecycle/show-order.ts";

/** Checking out carts. */
export const checkoutRoutes = createRouter();

checkoutRoutes.post("/", limitOrders, challengeGuests);

checkoutRoutes.openapi(contract.checkOut, async (c) => {
  const { deps, caller } = c.var;
  const body = c.req.valid("json");
  const keyed = await keyedRequest(c, body);
  const mayUseAny = caller.may("carts:use_any");
  const request = { ...(await toBuyer(c, body)), cartId: body.cart_id, mayUseAny };
  const { order, replayed } = await checkOut(deps, request, keyed);
  // A former member of staff may not read the order of another customer.
  if (replayed && caller.role === "customer" && order.userId !== caller.userId) throw noOrder();
  if (replayed) c.header("Idempotency-Replayed", "true");
  c.header("Location", `/api/v1/orders/${order.orderId}`);
  const token = await deps.tokenOf(order.orderId);
  return c.json({ ...toOrderJson(order, deps.config.currencyDecimals), order_token: token }, 201);
});
