import { createMiddleware } from "hono/factory";
import type { Deps } from "../deps.ts";
import { randomId } from "../ids.ts";
import type { Meter } from "../meter.ts";
import type { AppContext, AppEnv } from "./context.ts";

const MAX_LOGGED_PATH = 200;
const TELLS_NOTHING = /^\/api\/v1\/(?:auth\/|orders\/[^/]+\/request-link$)/;

/** Creates the deps and counters of one request. */
export type BindDeps = (env: Env, ctx: ExecutionContext) => { deps: Deps; meter: Meter };

/** Gives each request its id, deps and counters; reports the counters in `Server-Timing` and one log line. */
export function perRequest(bind: BindDeps) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const startedMs = Date.now();
    c.set("requestId", c.req.header("CF-Ray") ?? randomId());
    c.header("X-Request-Id", c.var.requestId);
    const { deps, meter } = bind(c.env, c.executionCtx as ExecutionContext);
    c.set("deps", deps);
    c.set("meter", meter);
    // Stock and orders change all the time, and some answers contain a token.
    if (c.req.path.startsWith("/api/")) c.header("Cache-Control", "no-store");
    await next();
    const totalMs = Date.now() - startedMs;
    // The rows that a sign-in reads would reveal whether the account exists, and those of a request for a link, whose the order is.
    c.res.headers.set(
      "Server-Timing",
      TELLS_NOTHING.test(c.req.path) ? `hops;desc="${meter.hops}"` : serverTiming(meter, totalMs),
    );
    if (deps.config.requestLog) deps.log("request", requestLine(c, meter, totalMs));
  });
}

function serverTiming(meter: Meter, totalMs: number): string {
  return [
    `total;dur=${totalMs}`,
    `d1;dur=${meter.d1Ms};desc="${meter.statements} statements, ${meter.rowsRead} rows read, ${meter.rowsWritten} written"`,
    `stock;dur=${meter.objectMs}`,
    `hops;desc="${meter.hops}"`,
  ].join(", ");
}

/** The path for the log, truncated and without most of a cart id, which gives access to the cart. */
function shownPath(path: string): string {
  return path.replace(/^(\/api\/v1\/carts\/.{7})[^/]*/, "$1…").slice(0, MAX_LOGGED_PATH);
}

function requestLine(c: AppContext, meter: Meter, totalMs: number): Record<string, unknown> {
  return {
    request_id: c.var.requestId,
    method: c.req.method,
    path: shownPath(c.req.path),
    status: c.res.status,
    duration_ms: totalMs,
    hops: meter.hops,
    d1_ms: meter.d1Ms,
    stock_ms: meter.objectMs,
    rows_read: meter.rowsRead,
    rows_written: meter.rowsWritten,
    colo: c.req.raw.cf?.colo,
  };
}
