import { createMiddleware } from "hono/factory";
import { Refusal } from "../errors.ts";
import type { AppEnv } from "./context.ts";

const RETRY_AFTER_S = 60;

/**
 * Limits the placing of orders per client address by the platform's binding; per location and approximate, as the platform is.
 * Only guests are limited, and the setting RATE_LIMITS turns it off.
 */
export const limitOrders = createMiddleware<AppEnv>(async (c, next) => {
  if (c.var.deps.config.rateLimits && c.var.caller.role === "guest") {
    const { success } = await c.env.ORDER_LIMITER.limit({ key: c.req.header("CF-Connecting-IP") ?? "unknown" });
    if (!success)
      throw new Refusal("rate_limited", "Too many orders from this address. Try again in a minute.", {
        retryAfterS: RETRY_AFTER_S,
      });
  }
  await next();
});
