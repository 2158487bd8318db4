import { createMiddleware } from "hono/factory";
import { Refusal } from "../errors.ts";
import type { AppContext, AppEnv } from "./context.ts";

const RETRY_AFTER_S = 60;

/**
 * Limits the placing of orders per client address by the platform's binding; per location and approximate, as the platform is.
 * Guests and customers are limited, because anybody can register; the setting RATE_LIMITS turns it off.
 */
export const limitOrders = createMiddleware<AppEnv>(async (c, next) => {
  const isShopper = c.var.caller.role === "guest" || c.var.caller.role === "customer";
  if (c.var.deps.config.rateLimits && isShopper) {
    const { success } = await c.env.ORDER_LIMITER.limit({ key: addressOf(c) });
    if (!success)
      throw new Refusal("rate_limited", "Too many orders from this address. Try again in a minute.", {
        retryAfterS: RETRY_AFTER_S,
      });
  }
  await next();
});

/** Limits per address what shoppers do to carts, each of which can take units from others for a while. */
export const limitCarts = createMiddleware<AppEnv>(async (c, next) => {
  const isShopper = c.var.caller.role === "guest" || c.var.caller.role === "customer";
  if (c.var.deps.config.rateLimits && isShopper) {
    const { success } = await c.env.CART_LIMITER.limit({ key: addressOf(c) });
    if (!success) throw tooMany("Too many changes of carts from this address.");
  }
  await next();
});

/** Limits the promo codes that an address may try on prices, which tell a code that exists from one that does not. */
export async function limitGuesses(c: AppContext): Promise<void> {
  const { config } = c.var.deps;
  const isShopper = c.var.caller.role === "guest" || c.var.caller.role === "customer";
  if (!config.rateLimits || !isShopper) return;
  const { success } = await c.env.ADDRESS_LIMITER.limit({ key: `promo_code ${addressOf(c)}` });
  if (!success) throw tooMany("Too many promo codes from this address.");
}

/** Limits what an address may ask of accounts: registering and signing in each, for each of them hashes a password. */
export const limitAddress = createMiddleware<AppEnv>(async (c, next) => {
  if (c.var.deps.config.rateLimits) {
    const { success } = await c.env.ADDRESS_LIMITER.limit({ key: `${c.req.path} ${addressOf(c)}` });
    if (!success) throw tooMany("Too many attempts from this address.");
  }
  await next();
});

/**
 * Limits the passwords that are tried for one account, wherever they come from.
 * @param account such as the e-mail, in lower case
 */
export async function limitPasswords(c: AppContext, account: string): Promise<void> {
  if (!c.var.deps.config.rateLimits) return;
  const { success } = await c.env.SIGN_IN_LIMITER.limit({ key: account });
  if (!success) throw tooMany("Too many attempts for this account.");
}

/** An IPv6 client has the 2^64 addresses of its network, so the network is what counts. */
function addressOf(c: AppContext): string {
  const address = c.req.header("CF-Connecting-IP") ?? "unknown";
  if (!address.includes(":")) return address;
  const [head = [], tail = []] = address.split("::").map((side) => side.split(":").filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(":")}::/64`;
}

function tooMany(detail: string): Refusal {
  return new Refusal("rate_limited", `${detail} Try again in a minute.`, { retryAfterS: RETRY_AFTER_S });
}
