import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { notConfigured } from "./stripe-api.ts";
import { isSignedByStripe } from "./stripe-signature.ts";

/**
 * Lets nothing pass but what Stripe sent to this shop.
 * @param body its bytes as they came
 * @throws Refusal `payments_not_configured`; `signature_invalid`
 */
export async function checkStripeSignature(deps: Deps, header: string | undefined, body: Uint8Array): Promise<void> {
  const { webhookSecret } = deps.config.stripe;
  if (webhookSecret === undefined) throw notConfigured("STRIPE_WEBHOOK_SECRET");
  if (await isSignedByStripe(webhookSecret, header ?? "", body, deps.nowMs())) return;
  throw new Refusal("signature_invalid", "Stripe-Signature is not of this body, or its time is not now.");
}
