/** What Turnstile says of a token, or why it said nothing. */
export type Verdict = { outcome: "passed" } | { outcome: "failed"; codes: string[] } | { outcome: "unknown"; error: string };

/** Errors that the shop or Turnstile makes, not the visitor. */
const NOT_THE_VISITORS = new Set(["missing-input-secret", "invalid-input-secret", "bad-request", "internal-error"]);

const MAX_CODES = 5;

/**
 * Reads Turnstile's answer about a token.
 * @param body as it was sent; `undefined` where it is no JSON
 * Source: https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
 */
export function verdictOf(body: unknown): Verdict {
  const { success, "error-codes": given } = (body ?? {}) as { success?: unknown; "error-codes"?: unknown };
  if (success === true) return { outcome: "passed" };
  const codes = (Array.isArray(given) ? given : []).filter((code) => typeof code === "string").slice(0, MAX_CODES);
  const isAboutToken = success === false && !codes.some((code) => NOT_THE_VISITORS.has(code));
  return isAboutToken
    ? { outcome: "failed", codes }
    : { outcome: "unknown", error: codes.join(" ") || "no answer about the token" };
}
