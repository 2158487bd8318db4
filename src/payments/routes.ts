import { keyedRequest } from "../http/idempotency.ts";
import { createRouter, minorOf } from "../http/validate.ts";
import { shownOrder } from "../orders/page-json.ts";
import { confirmPayment } from "./confirm-payment.ts";
import * as contract from "./contract.ts";

/** The money of an order, as the shop and its customers see it. */
export const paymentRoutes = createRouter().openapi(contract.confirmPayment, async (c) => {
  const { deps } = c.var;
  const { order_id: orderId } = c.req.valid("param");
  const body = c.req.valid("json");
  const amountMinor = minorOf("amount", body.amount, deps.config.currencyDecimals);
  const keyed = await keyedRequest(c, body);
  const payment = { orderId, reference: body.payment_reference, amountMinor, currency: body.currency };
  const { answer, replayed } = await confirmPayment(deps, keyed, payment);
  return c.json(shownOrder(c, answer, replayed), 200);
});
