import { createRouter } from "../http/validate.ts";
import { methodsTaken } from "../rules/payment-methods.ts";
import * as contract from "./methods-contract.ts";

/** How orders can be paid in this shop, by its settings. */
export const methodRoutes = createRouter().openapi(contract.listMethods, (c) => {
  const { config } = c.var.deps;
  const methods = methodsTaken(config).map(({ method, paidBy }) => ({ payment_method: method, paid_by: paidBy }));
  return c.json({ currency: config.currency, methods }, 200);
});
