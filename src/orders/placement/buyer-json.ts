import { type AppContext, edgeOf } from "../../http/context.ts";
import { sumMinorOf } from "../../http/validate.ts";
import type { BuyerBody } from "./contract.ts";
import { storedPhone } from "../json.ts";
import { chooseCustomer } from "./choose-customer.ts";
import type { Buyer } from "../rules/order-request.ts";

/**
 * Reads the buyer of a request.
 * @throws Refusal `validation_failed` for an expected total with more decimals than the currency; and as `chooseCustomer`
 */
export async function toBuyer(c: AppContext, body: BuyerBody): Promise<Buyer> {
  const { caller, deps } = c.var;
  const { expected_total: expected } = body;
  const customer = await chooseCustomer(deps, caller, body.user_id);
  return {
    customerName: body.customer_name,
    customerEmail: body.customer_email ?? null,
    customerPhone: body.customer_phone === undefined ? null : storedPhone(c, body.customer_phone),
    deliveryAddress: body.delivery_address ?? null,
    postalCode: body.postal_code ?? null,
    country: body.country ?? deps.config.country,
    deliveryMethod: body.delivery_method,
    paymentMethod: body.payment_method,
    notes: body.notes ?? null,
    promoCode: null,
    policy: undefined,
    userId: customer?.userId ?? null,
    tier: customer?.tier ?? null,
    expectedMinor: expected === undefined ? undefined : sumMinorOf("expected_total", expected, deps.config.currencyDecimals),
    edge: edgeOf(c),
  };
}
