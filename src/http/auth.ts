import { createMiddleware } from "hono/factory";
import { Refusal } from "../errors.ts";
import type { AppContext, AppEnv } from "./context.ts";

/** The bearer token of a request, or `undefined`. */
export function bearerToken(c: AppContext): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,4096}) *$/i.exec(c.req.header("Authorization") ?? "")?.[1];
}

/**
 * Finds out who asks. A token that identifies nobody leaves a guest: it may be an order's own token, which a route decides.
 */
export const identifyCaller = createMiddleware<AppEnv>(async (c, next) => {
  const token = bearerToken(c);
  const caller = token === undefined ? undefined : await c.var.deps.identify(token);
  c.set("caller", caller ?? { role: "guest", scope: "guest" });
  await next();
});

/** Lets only admins through: 401 without a token that identifies somebody, 403 without the right. */
export const adminOnly = createMiddleware<AppEnv>(async (c, next) => {
  if (c.var.caller.role !== "admin") {
    throw new Refusal("unauthenticated", "Send `Authorization: Bearer <token>` with an admin's token.");
  }
  await next();
});

/** For a route's `security` in the OpenAPI document. */
export const ADMIN_SECURITY = [{ bearer: [] }];
