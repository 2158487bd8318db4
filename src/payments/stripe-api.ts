import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { isSignedByStripe } from "./stripe-signature.ts";

const LIMIT_MS = 10_000;
const MAX_ERROR = 200;

/** A request that Stripe carries out once under its key, however often it is sent. */
export interface StripeRequest {
  path: "/v1/payment_intents" | `/v1/payment_intents/${string}/cancel` | "/v1/refunds";
  form: Record<string, string>;
  /** The same for the same request, and for no other; `undefined` where it does no harm to carry it out twice. */
  key: string | undefined;
}

/** `refused` is final; after `unknown` Stripe may have carried it out or not. */
export type StripeAnswer =
  | { outcome: "done"; body: Record<string, unknown> }
  | {
      outcome: "refused" | "unknown";
      error: string;
      code: string;
      /** The status of the payment intent that the error is about. */
      intentStatus: unknown;
    };

/** Statuses of errors in the request itself, which fail again on a repeat; others are of the key, the load or Stripe. */
const FINAL = new Set([400, 402, 404]);

/** Calls Stripe. Never throws for errors of the network or of Stripe. @param secretKey of the shop's account */
export async function askStripe(deps: Deps, secretKey: string, { path, form, key }: StripeRequest): Promise<StripeAnswer> {
  try {
    const response = await deps.send(new URL(path, deps.config.stripe.apiUrl).href, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${secretKey}`,
        "Content-Type": "application/x-www-form-urlencoded",
        ...(key === undefined ? {} : { "Idempotency-Key": key }),
      },
      body: new URLSearchParams(form).toString(),
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const body = (await response.json<Record<string, unknown> | null>()) ?? {};
    if (response.ok) return { outcome: "done", body };
    const { code, intentStatus } = errorIn(body);
    return {
      outcome: FINAL.has(response.status) ? "refused" : "unknown",
      error: `${response.status} ${code}`,
      code,
      intentStatus,
    };
  } catch (error) {
    return { outcome: "unknown", error: String(error).slice(0, MAX_ERROR), code: "", intentStatus: undefined };
  }
}

/** Stripe's error; its text is left out because it may quote what a customer sent. */
function errorIn({ error }: Record<string, unknown>): { code: string; intentStatus: unknown } {
  const { code, type, payment_intent: intent } = (error ?? {}) as StripeError;
  return { code: `${code ?? type}`.slice(0, MAX_ERROR), intentStatus: intent?.status };
}

interface StripeError {
  code?: string;
  type?: string;
  payment_intent?: { status?: unknown };
}

/**
 * Refuses a webhook that Stripe did not send to this shop.
 * @param body its bytes as they came
 * @throws Refusal `payments_not_configured`; `signature_invalid`
 */
export async function checkStripeSignature(deps: Deps, header: string | undefined, body: Uint8Array): Promise<void> {
  const { webhookSecret } = deps.config.stripe;
  if (webhookSecret === undefined) throw notConfigured("STRIPE_WEBHOOK_SECRET");
  if (await isSignedByStripe(webhookSecret, header ?? "", body, deps.nowMs())) return;
  throw new Refusal("signature_invalid", "Stripe-Signature does not match this body, or its time is not now.");
}

/** The shop has no account with a provider, or not all of its secrets. */
export function notConfigured(setting: string): Refusal {
  return new Refusal("payments_not_configured", `This shop has no ${setting}.`);
}
