import { createMiddleware } from "hono/factory";
import { Refusal } from "../errors.ts";
import type { AppEnv } from "./context.ts";

/** Cloudflare ends work after the answer at about 30 s, including the code that would remove the request from the count. */
const MAX_REQUEST_MS = 30_000;
const RETRY_AFTER_S = 1;

/**
 * Refuses requests while `MAX_IN_FLIGHT` are in flight in the isolate. More would only wait until their clients give up, and D1 would
 * answer none of them in time. A refused request has done nothing.
 */
export function limitInFlight() {
  /** The start time of each request in flight, oldest first. */
  const begun = new Map<object, number>();
  return createMiddleware<AppEnv>(async (c, next) => {
    const { config, nowMs } = c.var.deps;
    forgetBefore(begun, nowMs() - MAX_REQUEST_MS);
    if (begun.size >= config.maxInFlight) {
      throw new Refusal("unavailable", "Too many requests at once. Retry in a moment.", { retryAfterS: RETRY_AFTER_S });
    }
    begun.set(c, nowMs());
    const answered = next().finally(() => begun.delete(c));
    // A request whose client disconnects runs to its end and counts until then.
    c.executionCtx.waitUntil(answered);
    await answered;
  });
}

function forgetBefore(begun: Map<object, number>, atMs: number): void {
  for (const [request, begunAtMs] of begun) {
    if (begunAtMs > atMs) return;
    begun.delete(request);
  }
}
