import { createRouter } from "../http/router.ts";
import { checkStripeSignature } from "./stripe-api.ts";
import * as contract from "./stripe-contract.ts";
import { readStripeEvent } from "./stripe-event-json.ts";
import { takeStripeEvent } from "./take-stripe-event.ts";

/** Webhooks of Stripe. The signature covers the raw bytes, so they are read before anything is parsed. */
export const stripeRoutes = createRouter().openapi(contract.takeStripeEvent, async (c) => {
  const { deps } = c.var;
  const body = new Uint8Array(await c.req.arrayBuffer());
  await checkStripeSignature(deps, c.req.header("Stripe-Signature"), body);
  await takeStripeEvent(deps, readStripeEvent(body));
  return c.json({ received: true as const }, 200);
});
