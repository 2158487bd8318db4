import { createMiddleware } from "hono/factory";
import { Refusal } from "../errors.ts";
import type { AppEnv } from "./context.ts";

/** Cloudflare ends work after the answer at about 30 s, and with it whatever would have said that a request is over. */
const FORGOTTEN_AFTER_MS = 30_000;
const RETRY_AFTER_S = 1;

/**
 * Refuses requests while the isolate has as many under way as it may have: what waits longer than its callers do is work for nobody,
 * and D1 would answer none of them in time. A refused request has done nothing.
 */
export function limitInFlight() {
  /** When each began, in the order in which they did. */
  const begun = new Map<object, number>();
  return createMiddleware<AppEnv>(async (c, next) => {
    const { config, nowMs } = c.var.deps;
    forgetBefore(begun, nowMs() - FORGOTTEN_AFTER_MS);
    if (begun.size >= config.maxInFlight) {
      throw new Refusal("unavailable", "Too much is asked at once. Try again in a moment.", { retryAfterS: RETRY_AFTER_S });
    }
    begun.set(c, nowMs());
    const answered = next().finally(() => begun.delete(c));
    // Who hangs up leaves a request that goes on to its end, and is counted until then.
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
