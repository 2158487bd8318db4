import { createRouter } from "../http/validate.ts";
import { checkStripeSignature } from "./verify-stripe-event.ts";
import * as contract from "./stripe-contract.ts";
import { readStripeEvent } from "./stripe-event-json.ts";
import { takeStripeEvent } from "./take-stripe-event.ts";

/** What Stripe tells. Its signature is of the bytes as they came, so they are read before anything is made of them. */
export const stripeRoutes = createRouter().openapi(contract.takeStripeEvent, async (c) => {
  const { deps } = c.var;
  const body = new Uint8Array(await c.req.arrayBuffer());
  await checkStripeSignature(deps, c.req.header("Stripe-Signature"), body);
  await takeStripeEvent(deps, readStripeEvent(body));
  return c.json({ received: true as const }, 200);
});
