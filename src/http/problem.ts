import { z } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import { ERRORS, type ErrorCode, Refusal, refusedField } from "../errors.ts";
import type { Deps } from "../deps.ts";
import type { AppContext } from "./context.ts";

/** RFC 9457 problem details with Holdfast's members. */
const problemSchema = z
  .looseObject({
    type: z.string().openapi({ example: "/docs/errors#validation_failed" }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi("Problem");

/**
 * The responses of a route for the errors that it answers, grouped by status as OpenAPI wants them. Every route may meet a token
 * that has run out, a bug, and a part that does not answer.
 */
export function problems(...codes: ErrorCode[]) {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set<ErrorCode>([...codes, "unauthenticated", "internal_error", "unavailable"])) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, grouped]) => [
      status,
      {
        description: grouped.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join("; "),
        content: { "application/problem+json": { schema: problemSchema } },
      },
    ]),
  );
}

/** Answers whatever was thrown. Only a Refusal's words reach the client; the rest is logged and answers 500. */
export function answerProblem(error: Error, c: AppContext): Response {
  const refusal = toRefusal(error);
  if (refusal) {
    if (refusal.cause !== undefined) log(c, "refused", { code: refusal.code, cause: describe(refusal.cause) });
    return respond(c, refusal);
  }
  log(c, "error", { error: describe(error) });
  if (isSilence(error)) {
    return respond(c, new Refusal("unavailable", "The database or the stock does not answer.", { retryAfterS: RETRY_AFTER_S }));
  }
  return respond(c, new Refusal("internal_error", "Something failed inside. The request id finds it in the log."));
}

const RETRY_AFTER_S = 1;

/**
 * Whether a part outside did not answer, and may soon: our own limit was over, Cloudflare calls the failure of an object passing,
 * or D1 failed without naming an error of SQLite. A write whose outcome is unknown for that is its verb's to tell (`unresolved`).
 * Source: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export function isSilence(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isPassing = ["retryable", "overloaded", "durableObjectReset"].some(
    (sign) => sign in error && Reflect.get(error, sign) === true,
  );
  const isD1Down = error.message.startsWith("D1_ERROR") && !error.message.includes("SQLITE_");
  return error.name === "TimeoutError" || isPassing || isD1Down || isSilence(error.cause);
}

function toRefusal(error: Error): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 415) return refusedField("unsupported_media_type", "Content-Type", "must be application/json");
  if (error.status === 413) return refusedField("body_too_large", "body", "may have 64 KiB at most");
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

/** Settings that cannot be read leave a request without deps; that has to be told too. */
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
