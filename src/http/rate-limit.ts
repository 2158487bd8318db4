import { createMiddleware } from "hono/factory";
import { Refusal } from "../errors.ts";
import type { AppContext, AppEnv } from "./context.ts";

const RETRY_AFTER_S = 60;
/** Many providers give one client a /56 network of IPv6. */
const HOLD_PREFIX_BITS = 56;

/**
 * Limits orders per client address with the platform's binding, which counts per location and approximately. Applies to guests and
 * customers, because anyone can register; `RATE_LIMITS` turns it off.
 */
export const limitOrders = createMiddleware<AppEnv>(async (c, next) => {
  const isShopper = c.var.caller.role === "guest" || c.var.caller.role === "customer";
  if (c.var.deps.config.rateLimits && isShopper) {
    const { success } = await c.env.ORDER_LIMITER.limit({ key: addressOf(c) });
    if (!success)
      throw new Refusal("rate_limited", "Too many orders from this address. Try again in a minute.", {
        retryAfterS: RETRY_AFTER_S,
      });
    await limitHolds(c);
  }
  await next();
});

/** Limits changes of carts per address, because each can reserve units for a while. */
export const limitCarts = createMiddleware<AppEnv>(async (c, next) => {
  const isShopper = c.var.caller.role === "guest" || c.var.caller.role === "customer";
  if (c.var.deps.config.rateLimits && isShopper) {
    const { success } = await c.env.CART_LIMITER.limit({ key: addressOf(c) });
    if (!success) throw tooMany("Too many changes of carts from this address.");
    await limitHolds(c);
  }
  await next();
});

/** Limits promo codes per address on price requests, whose answers reveal whether a code exists. */
export async function limitGuesses(c: AppContext): Promise<void> {
  const { config } = c.var.deps;
  const isShopper = c.var.caller.role === "guest" || c.var.caller.role === "customer";
  if (!config.rateLimits || !isShopper) return;
  const { success } = await c.env.ADDRESS_LIMITER.limit({ key: `promo_code ${addressOf(c)}` });
  if (!success) throw tooMany("Too many promo codes from this address.");
}

/** Limits searches per address, whose words a shopper chooses: D1, which orders wait for too, reads long lists for some. */
export async function limitSearches(c: AppContext): Promise<void> {
  const isShopper = c.var.caller.role === "guest" || c.var.caller.role === "customer";
  if (!c.var.deps.config.rateLimits || !isShopper) return;
  const { success } = await c.env.SEARCH_LIMITER.limit({ key: addressOf(c) });
  if (!success) throw tooMany("Too many searches from this address.");
}

/** Limits registrations and sign-ins per address and path, because each hashes a password. */
export const limitAddress = createMiddleware<AppEnv>(async (c, next) => {
  if (c.var.deps.config.rateLimits) {
    const { success } = await c.env.ADDRESS_LIMITER.limit({ key: `${c.req.path} ${addressOf(c)}` });
    if (!success) throw tooMany("Too many attempts from this address.");
  }
  await next();
});

/** Limits requests for links to orders per address, over all orders, and per order, from all addresses together. Each may send a mail. */
export const limitLinkRequests = createMiddleware<AppEnv>(async (c, next) => {
  if (c.var.deps.config.rateLimits) {
    const byAddress = await c.env.ADDRESS_LIMITER.limit({ key: `request_link ${addressOf(c)}` });
    if (!byAddress.success) throw tooMany("Too many requests for links from this address.");
    const byOrder = await c.env.SIGN_IN_LIMITER.limit({ key: `request_link ${c.req.param("order_id")}` });
    if (!byOrder.success) throw tooMany("Too many requests for links to this order.");
  }
  await next();
});

/**
 * Limits password attempts per account, from all addresses together.
 * @param account such as the e-mail, in lower case
 */
export async function limitPasswords(c: AppContext, account: string): Promise<void> {
  if (!c.var.deps.config.rateLimits) return;
  const { success } = await c.env.SIGN_IN_LIMITER.limit({ key: account });
  if (!success) throw tooMany("Too many attempts for this account.");
}

/**
 * Names the client whose unpaid holds have a ceiling: the account, else the address. An address is kept only as a hash, as long as the holds.
 * A request that came by no address, as from another Worker, has no ceiling.
 */
async function limitHolds(c: AppContext): Promise<void> {
  const { caller, deps } = c.var;
  if (c.req.header("CF-Connecting-IP") === undefined && caller.userId === undefined) return;
  const client = caller.userId ?? (await deps.deriveId("client", addressOf(c, HOLD_PREFIX_BITS)));
  c.set("deps", { ...deps, holdShare: { client, percent: deps.config.holdSharePercent } });
}

/** The address, or the /64 network of an IPv6 address, because one client has all 2^64 addresses of its network. @param bits of another network */
function addressOf(c: AppContext, bits = 64): string {
  const address = c.req.header("CF-Connecting-IP") ?? "unknown";
  if (!address.includes(":")) return address;
  const [head = [], tail = []] = address.split("::").map((side) => side.split(":").filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  const kept = groups.slice(0, 4).map((group, index) => group & (0xff_ff << Math.max(0, 16 * (index + 1) - bits)));
  return `${kept.map((group) => group.toString(16)).join(":")}::/${bits}`;
}

function tooMany(detail: string): Refusal {
  return new Refusal("rate_limited", `${detail} Try again in a minute.`, { retryAfterS: RETRY_AFTER_S });
}
