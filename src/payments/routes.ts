import { keyedRequest } from "../http/idempotency.ts";
import { ownerOf } from "../http/auth.ts";
import { minorOf } from "../http/validate.ts";
import { createRouter } from "../http/router.ts";
import { methodsTaken } from "../rules/payment-methods.ts";
import { shownOrder } from "../orders/json.ts";
import { beginPayment } from "./begin-payment.ts";
import { confirmPayment } from "./confirm-payment.ts";
import * as contract from "./contract.ts";
import { toBegunJson, toMoneyJson } from "./json.ts";
import { refundOrder } from "./refund-order.ts";
import { showPayments } from "./show-payments.ts";

/** Payments and refunds of orders. */
export const paymentRoutes = createRouter()
  .openapi(contract.confirmPayment, async (c) => {
    const { deps } = c.var;
    const { order_id: orderId } = c.req.valid("param");
    const body = c.req.valid("json");
    const amountMinor = minorOf("amount", body.amount, deps.config.currencyDecimals);
    const keyed = await keyedRequest(c, body);
    const payment = { orderId, reference: body.payment_reference, amountMinor, currency: body.currency };
    const { answer, replayed } = await confirmPayment(deps, keyed, payment);
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(contract.refundOrder, async (c) => {
    const { deps } = c.var;
    const { order_id: orderId } = c.req.valid("param");
    const { amount, reason } = c.req.valid("json");
    const amountMinor = minorOf("amount", amount, deps.config.currencyDecimals);
    const keyed = await keyedRequest(c, { amount, reason });
    const { answer, replayed } = await refundOrder(deps, keyed, { orderId, amountMinor, reason });
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(contract.showPayments, async (c) => {
    const { deps } = c.var;
    const money = await showPayments(deps, c.req.valid("param").order_id);
    return c.json(toMoneyJson(money, deps.config.currencyDecimals), 200);
  })
  .openapi(contract.beginPayment, async (c) => {
    const { deps } = c.var;
    const { order_id: orderId } = c.req.valid("param");
    const ownedBy = await ownerOf(c, orderId, "orders:read_any");
    const begun = await beginPayment(deps, orderId, ownedBy);
    return c.json(toBegunJson(begun, deps.config.currencyDecimals), 200);
  });

/** How orders can be paid in this shop, by its settings. */
export const methodRoutes = createRouter().openapi(contract.listMethods, (c) => {
  const { config } = c.var.deps;
  const methods = methodsTaken(config).map(({ method, paidBy }) => ({ payment_method: method, paid_by: paidBy }));
  return c.json({ currency: config.currency, methods }, 200);
});
