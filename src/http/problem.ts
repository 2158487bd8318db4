import { HTTPException } from "hono/http-exception";
import { ERRORS, type ErrorCode, Refusal, refusedField } from "../errors.ts";
import type { Deps } from "../deps.ts";
import type { AppContext } from "./context.ts";
import { problemSchema } from "./problem-schema.ts";

/** Answers with these statuses may say when to come again. */
const COME_AGAIN = new Set([409, 429, 503]);
const RETRY_AFTER = {
  "Retry-After": {
    schema: { type: "integer" as const, minimum: 1 },
    description: "Seconds until the same request may be sent again. Where it is absent, do not retry automatically.",
  },
};

/**
 * The error responses of a route, grouped by status as OpenAPI requires. Every route can meet a parameter that it does not have, an expired
 * token, a bug, wrong settings, and a service that does not respond.
 */
export function problems(...codes: ErrorCode[]) {
  const byStatus = new Map<number, ErrorCode[]>();
  const always = ["validation_failed", "unauthenticated", "internal_error", "misconfigured", "unavailable"] as const;
  for (const code of new Set<ErrorCode>([...codes, ...always])) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, grouped]) => [
      status,
      {
        description: grouped.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join("; "),
        content: { "application/problem+json": { schema: problemSchema } },
        ...(COME_AGAIN.has(status) && { headers: RETRY_AFTER }),
      },
    ]),
  );
}

/** Answers anything that was thrown. Only the text of a Refusal reaches the client; other errors are logged and answered 500. */
export function answerProblem(error: Error, c: AppContext): Response {
  const refusal = toRefusal(error);
  if (refusal) {
    if (refusal.cause !== undefined) log(c, "refused", { code: refusal.code, cause: describe(refusal.cause) });
    return respond(c, refusal);
  }
  log(c, "error", { error: describe(error) });
  if (isSilence(error)) {
    return respond(c, new Refusal("unavailable", "The database or the stock does not respond.", { retryAfterS: RETRY_AFTER_S }));
  }
  return respond(c, new Refusal("internal_error", "Internal error. The log has the details under the request id."));
}

const RETRY_AFTER_S = 1;

/**
 * Whether an error is transient: a timeout of ours, an object failure that Cloudflare marks as retryable, or a D1 error that is not
 * SQLite's. A verb whose write has an unknown outcome for that reason answers `unresolved` itself.
 * Source: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export function isSilence(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isRetryable = ["retryable", "overloaded", "durableObjectReset"].some(
    (flag) => flag in error && Reflect.get(error, flag) === true,
  );
  const isD1Down = error.message.startsWith("D1_ERROR") && !error.message.includes("SQLITE_");
  return error.name === "TimeoutError" || isRetryable || isD1Down || isSilence(error.cause);
}

function toRefusal(error: Error): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 415) return refusedField("unsupported_media_type", "Content-Type", "must be application/json");
  if (error.status === 413) return refusedField("body_too_large", "body", "must be at most 64 KiB");
  if (error.status === 400) return refusedField("malformed_json", "body", "is not valid JSON");
  return undefined;
}

function respond(c: AppContext, refusal: Refusal): Response {
  const { status, title } = ERRORS[refusal.code];
  const body = {
    type: `/docs/errors#${refusal.code}`,
    title,
    status,
    code: refusal.code,
    detail: refusal.message,
    request_id: c.var.requestId,
    ...(refusal.errors && { errors: refusal.errors }),
    ...refusal.members,
  };
  const headers: Record<string, string> = { "Content-Type": "application/problem+json" };
  if (refusal.retryAfterS !== undefined) headers["Retry-After"] = String(refusal.retryAfterS);
  if (refusal.replayed) headers["Idempotency-Replayed"] = "true";
  if (status === 401) headers["WWW-Authenticate"] = "Bearer";
  return c.body(JSON.stringify(body), status, headers);
}

/** Invalid settings leave a request without deps; that error must be logged too. */
function log(c: AppContext, event: string, fields: Record<string, unknown>): void {
  const deps: Deps | undefined = c.get("deps");
  const line = { request_id: c.var.requestId, ...fields };
  if (deps) deps.log(event, line);
  else console.error(JSON.stringify({ event, ...line }));
}

/** The chain of causes as text for the log; never for an answer. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : ` <- ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
