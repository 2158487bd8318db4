import { z } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { toUuid } from "../rules/encode.ts";
import { type Verdict, verdictOf } from "../rules/turnstile.ts";
import type { AppContext, AppEnv } from "./context.ts";

const HEADER = "CF-Turnstile-Response";
const MAX_TOKEN = 2_048;
/** Shorter than an order may take, so that its units can still be reserved in time. */
const LIMIT_MS = 3_000;
const RETRY_AFTER_S = 1;
const MAX_ERROR = 200;

/** For the headers of a route whose visitors may have to pass Turnstile. It is a header because a retry has the same body, but maybe a new token. */
export const turnstileHeaderSchema = z.object({
  "cf-turnstile-response": z.string().optional().openapi({
    description:
      "The token of Cloudflare Turnstile's widget, from guests of a shop that uses it. It is good for five minutes and one request; a retry under the same Idempotency-Key may send it again, or a new one.",
  }),
});

/** What such a route may answer besides. */
export const TURNSTILE_REFUSALS = ["turnstile_required", "turnstile_failed"] as const;

/** Challenges guests. Customers passed when they registered, and staff and machines are known. */
export const challengeGuests = createMiddleware<AppEnv>(async (c, next) => {
  if (c.var.caller.role === "guest") setChallenge(c);
  await next();
});

/** Challenges everybody but staff and machines, because an account is what frees its customer from challenges. */
export const challengeShoppers = createMiddleware<AppEnv>(async (c, next) => {
  if (c.var.caller.role === "guest" || c.var.caller.role === "customer") setChallenge(c);
  await next();
});

/** The verb verifies the token when it is about to act: a request that is refused before, or was answered before, needs none. */
function setChallenge(c: AppContext): void {
  const { deps } = c.var;
  const { secretKey } = deps.config.turnstile;
  if (secretKey === undefined) return;
  const token = c.req.header(HEADER);
  c.set("deps", { ...deps, challenge: (request) => verify(deps, secretKey, token, request) });
}

/**
 * Verifies a token. Turnstile takes each once, but under the same idempotency key again: so a retry of the same request passes with it, and
 * no other request does.
 * @param request what identifies it; `undefined` where a repeat would be another request
 * @throws Refusal `turnstile_required`; `turnstile_failed` with Turnstile's codes; `unavailable` where Turnstile says nothing
 */
async function verify(deps: Deps, secret: string, token: string | undefined, request: string | undefined): Promise<void> {
  if (token === undefined || token === "") throw new Refusal("turnstile_required", `Send the token of the widget as ${HEADER}.`);
  if (token.length > MAX_TOKEN) throw failed([]);
  const once =
    request === undefined ? {} : { idempotency_key: toUuid(await deps.secrets.deriveToken("turnstile", request, token)) };
  const verdict = await askTurnstile(deps, { secret, response: token, ...once });
  if (verdict.outcome === "passed") return;
  if (verdict.outcome === "failed") throw failed(verdict.codes);
  deps.log("turnstile_failed", { error: verdict.error });
  throw new Refusal("unavailable", "Cloudflare Turnstile did not answer. Nothing was done.", { retryAfterS: RETRY_AFTER_S });
}

/** The visitor's address is left out: Turnstile does not need it, and on a telephone it changes. */
async function askTurnstile(deps: Deps, form: Record<string, string>): Promise<Verdict> {
  try {
    const response = await deps.send(new URL("/turnstile/v0/siteverify", deps.config.turnstile.apiUrl).href, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return verdictOf(await response.json());
  } catch (error) {
    return { outcome: "unknown", error: String(error).slice(0, MAX_ERROR) };
  }
}

function failed(codes: string[]): Refusal {
  const detail = "Cloudflare Turnstile did not accept the token: let the widget make a new one.";
  return new Refusal("turnstile_failed", detail, { members: { error_codes: codes } });
}
