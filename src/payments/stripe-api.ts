import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";

const LIMIT_MS = 10_000;
const MAX_ERROR = 200;

/** A request that Stripe does once, however often it is sent. */
export interface StripeRequest {
  path: "/v1/payment_intents" | "/v1/refunds";
  form: Record<string, string>;
  /** The same for the same request, and for no other. */
  key: string;
}

/** `refused` is Stripe's last word; after `unknown` it may have done it or not. */
export type StripeAnswer = { outcome: "done"; body: Record<string, unknown> } | { outcome: "refused" | "unknown"; error: string };

/** What is wrong with the request itself, as against the key, the load or Stripe; it stays wrong when it is sent again. */
const FINAL = new Set([400, 402, 404]);

/** Asks Stripe. Never throws for what the network or Stripe does. @param secretKey of the shop's account */
export async function askStripe(deps: Deps, secretKey: string, { path, form, key }: StripeRequest): Promise<StripeAnswer> {
  try {
    const response = await deps.send(new URL(path, deps.config.stripe.apiUrl).href, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${secretKey}`,
        "Content-Type": "application/x-www-form-urlencoded",
        "Idempotency-Key": key,
      },
      body: new URLSearchParams(form).toString(),
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const body = (await response.json<Record<string, unknown> | null>()) ?? {};
    if (response.ok) return { outcome: "done", body };
    return { outcome: FINAL.has(response.status) ? "refused" : "unknown", error: `${response.status} ${codeIn(body)}` };
  } catch (error) {
    return { outcome: "unknown", error: String(error).slice(0, MAX_ERROR) };
  }
}

/** Stripe's own code of an error; its text may name what a customer sent. */
function codeIn({ error }: Record<string, unknown>): string {
  const { code, type } = (error ?? {}) as { code?: string; type?: string };
  return `${code ?? type}`.slice(0, MAX_ERROR);
}

/** The shop has no account with a provider, or not all of its secrets. */
export function notConfigured(setting: string): Refusal {
  return new Refusal("payments_not_configured", `This shop has no ${setting}.`);
}
