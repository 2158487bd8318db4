import type { Caller, Deps } from "../deps.ts";
import { mayRole, type Role, type Tier } from "../rules/rights.ts";
import { findKey, touchKey } from "./key-queries.ts";
import { findUser } from "./queries.ts";
import { isKeyValid, KEY_PREFIX, KEY_USE_MS, mayKey } from "./rules/api-key.ts";

/** How long an isolate caches that a user is an active customer. */
const CACHE_MS = 30_000;
const MAX_CACHED = 1_000;

/** A JWT has three parts; an order's own token has no dots. */
const ACCESS_TOKEN = /^[^.]*\.[^.]*\.[^.]*$/;

/**
 * Identifies the caller of a bearer token: the emergency admin by `ADMIN_TOKEN`, if it is set; a machine by its API key; a user by an
 * access token. The rights of machines, staff and admins are read from D1 on every request, so that a revocation works at once.
 * @returns `stale` for an API key or access token that is not valid; `undefined` for any other text
 */
export async function identify(deps: Deps, token: string): Promise<Caller | "stale" | undefined> {
  if (await deps.secrets.isAdminToken(token)) {
    return { role: "admin", actor: "admin", scope: "admin", may: (action) => mayRole("admin", action) };
  }
  if (token.startsWith(KEY_PREFIX)) return identifyMachine(deps, token);
  return ACCESS_TOKEN.test(token) ? identifyUser(deps, token) : undefined;
}

async function identifyMachine(deps: Deps, token: string): Promise<Caller | "stale"> {
  const { key } = await deps.db.batch("find api key", { key: findKey({ keyHash: await deps.secrets.hashOf(token) }) });
  const nowMs = deps.nowMs();
  if (!key || !isKeyValid(key, nowMs)) return "stale";
  const { keyId, lastUsedAtMs } = key;
  const beforeMs = nowMs - KEY_USE_MS;
  if (lastUsedAtMs === null || lastUsedAtMs <= beforeMs)
    deps.defer((background) => background.db.batch("record key use", { used: touchKey(keyId, beforeMs, nowMs) }));
  return { role: "key", actor: `key:${keyId}`, scope: `key:${keyId}`, may: (action) => mayKey(key, action) };
}

async function identifyUser(deps: Deps, token: string): Promise<Caller | "stale"> {
  const userId = await deps.secrets.readAccessToken(token);
  const account = userId === undefined ? undefined : await findAccount(deps, userId);
  if (userId === undefined || account === undefined) return "stale";
  const { role, tier } = account;
  return { role, actor: `user:${userId}`, scope: `user:${userId}`, userId, tier, may: (action) => mayRole(role, action) };
}

type Customers = NonNullable<Deps["cache"]["customers"]>;

interface Account {
  role: Role;
  tier: Tier;
}

/** @returns `undefined` for a deleted user */
async function findAccount(deps: Deps, userId: string): Promise<Account | undefined> {
  const customers = (deps.cache.customers ??= new Map());
  const cached = customers.get(userId);
  if (cached && deps.nowMs() - cached.readAtMs < CACHE_MS) return { role: "customer", tier: cached.tier };
  const readAtMs = deps.nowMs();
  const { user } = await deps.db.batch("find user", { user: findUser(userId) });
  customers.delete(userId);
  if (user?.status !== "active") return undefined;
  const { role, tier } = user;
  if (role === "customer") cacheCustomer(customers, userId, { readAtMs, tier });
  return { role, tier };
}

/** Evicts the customer who was read longest ago. */
function cacheCustomer(customers: Customers, userId: string, customer: { readAtMs: number; tier: Tier }): void {
  const [oldest] = customers.keys();
  if (oldest !== undefined && customers.size >= MAX_CACHED) customers.delete(oldest);
  customers.set(userId, customer);
}
