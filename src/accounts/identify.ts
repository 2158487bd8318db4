import type { Caller, Deps } from "../deps.ts";
import { mayRole, type Role, type Tier } from "../rules/rights.ts";
import { findKey, touchKey } from "./key-queries.ts";
import { findUser } from "./queries.ts";
import { isKeyValid, KEY_PREFIX, KEY_USE_MS, mayKey } from "./rules/api-key.ts";

/** How long an isolate takes it for granted that a customer is still one. */
const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 1_000;

/** A JWT has three parts; an order's own token has no dots. */
const ACCESS_TOKEN = /^[^.]*\.[^.]*\.[^.]*$/;

/**
 * Says who a bearer token stands for: the break-glass admin, where `ADMIN_TOKEN` is set; a machine by its key; a user by an access
 * token. The rights of machines, staff and admins are read from D1 on every request, so that they end at once.
 * @returns `stale` for what claims to be a key or an access token and is not valid; `undefined` for any other text
 */
export async function identify(deps: Deps, token: string): Promise<Caller | "stale" | undefined> {
  if (await deps.secrets.isAdminToken(token)) {
    return { role: "admin", actor: "admin", scope: "admin", may: (action) => mayRole("admin", action) };
  }
  if (token.startsWith(KEY_PREFIX)) return machine(deps, token);
  return ACCESS_TOKEN.test(token) ? user(deps, token) : undefined;
}

async function machine(deps: Deps, token: string): Promise<Caller | "stale"> {
  const { key } = await deps.db.batch("machine", { key: findKey({ keyHash: await deps.secrets.hashOf(token) }) });
  const nowMs = deps.nowMs();
  if (!key || !isKeyValid(key, nowMs)) return "stale";
  const { keyId, lastUsedAtMs } = key;
  const beforeMs = nowMs - KEY_USE_MS;
  if (lastUsedAtMs === null || lastUsedAtMs <= beforeMs)
    deps.defer((background) => background.db.batch("machine", { touchKey: touchKey(keyId, beforeMs, nowMs) }));
  return { role: "key", actor: `key:${keyId}`, scope: `key:${keyId}`, may: (action) => mayKey(key, action) };
}

async function user(deps: Deps, token: string): Promise<Caller | "stale"> {
  const userId = await deps.secrets.readAccessToken(token);
  const standing = userId === undefined ? undefined : await standingOf(deps, userId);
  if (userId === undefined || standing === undefined) return "stale";
  const { role, tier } = standing;
  return { role, actor: `user:${userId}`, scope: `user:${userId}`, userId, tier, may: (action) => mayRole(role, action) };
}

type Customers = NonNullable<Deps["cache"]["customers"]>;

interface Standing {
  role: Role;
  tier: Tier;
}

/** @returns `undefined` for a user who is gone */
async function standingOf(deps: Deps, userId: string): Promise<Standing | undefined> {
  const customers = (deps.cache.customers ??= new Map());
  const remembered = customers.get(userId);
  if (remembered && deps.nowMs() - remembered.readAtMs < REMEMBER_MS) return { role: "customer", tier: remembered.tier };
  const readAtMs = deps.nowMs();
  const { found } = await deps.db.batch("standing of", { found: findUser(userId) });
  customers.delete(userId);
  if (found?.status !== "active") return undefined;
  const { role, tier } = found;
  if (role === "customer") remember(customers, userId, { readAtMs, tier });
  return { role, tier };
}

/** Who was read longest ago is forgotten first. */
function remember(customers: Customers, userId: string, customer: { readAtMs: number; tier: Tier }): void {
  const [oldest] = customers.keys();
  if (oldest !== undefined && customers.size >= MAX_REMEMBERED) customers.delete(oldest);
  customers.set(userId, customer);
}
