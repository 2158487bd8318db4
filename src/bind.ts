import { identify } from "./accounts/identify.ts";
import { type Config, configOf, withDecimals } from "./config.ts";
import { openDatabase } from "./db/client.ts";
import type { Deps } from "./deps.ts";
import { derivedId, derivedToken, derivedWebhookSecret, hashOf, randomId, randomToken, randomTry, sameSecret } from "./ids.ts";
import { openImages } from "./images.ts";
import { createMeter, type Meter } from "./meter.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { fileUnitsOf, fileWarehouseOf, receiveOwed } from "./stock/adjustments/opening-stock.ts";
import { refreshStale } from "./stock/audit/refresh-stale.ts";
import { callStock } from "./stock/client/call-object.ts";
import { linkTokenOf, orderTokenOf, readAccessToken, readOrderToken, signAccessToken } from "./tokens.ts";

/** The cache of an isolate. */
const caches = new WeakMap<D1Database, Deps["cache"]>();

function cacheOf({ DB }: Env): Deps["cache"] {
  const cache = caches.get(DB) ?? {};
  caches.set(DB, cache);
  return cache;
}

/** Binds the dependencies of verbs to the platform, for one request, alarm or cron run. */
export function bindDeps(env: Env, ctx: Pick<ExecutionContext, "waitUntil">): { deps: Deps; meter: Meter } {
  const config = configOf(env);
  const cache = cacheOf(env);
  let settled: Config | undefined;
  const { meter, measure } = createMeter(Date.now);
  const deps: Deps = {
    by: { actor: "system", isAudited: false, requestId: "" },
    db: openDatabase(env.DB, meter, measure),
    stockOf: (productId, repeatUntilMs = Infinity) =>
      callStock(
        () => env.STOCK.getByName(productId),
        measure,
        () => Date.now() < repeatUntilMs,
      ),
    get config() {
      if (cache.currency) settled ??= withDecimals(config, cache.currency.decimals);
      return settled ?? config;
    },
    nowMs: Date.now,
    newId: randomId,
    newTry: randomTry,
    deriveId: (...parts) => derivedId(config.idSecret, ...parts),
    tokenOf: (orderId) => orderTokenOf(config, orderId),
    linkTokenOf: (orderId, expiresAtMs) => linkTokenOf(config, orderId, expiresAtMs),
    isTokenOf: async (token, orderId) => (await readOrderToken(config, { token, orderId, nowMs: Date.now() })) === "valid",
    isExpiredLinkOf: async (token, orderId) =>
      (await readOrderToken(config, { token, orderId, nowMs: Date.now() })) === "expired",
    webhookSecretOf: (endpointId, secretNo) => derivedWebhookSecret(config.idSecret, "webhook", endpointId, String(secretNo)),
    images: openImages(env.IMAGES),
    send: (url, init) => fetch(url, init),
    defer: (work) => ctx.waitUntil(work(bindDeps(env, ctx).deps).catch(logDeferred)),
    refreshLists: refreshStale,
    fileStock: { warehouseOf: fileWarehouseOf, unitsOf: fileUnitsOf, receiveOwed },
    log: logLine,
    cache,
    secrets: bindSecrets(config),
    identify: (token) => identify(deps, token),
  };
  return { deps, meter };
}

/** Binds passwords, tokens and keys to the secrets of the settings. */
export function bindSecrets(config: Config): Deps["secrets"] {
  return {
    hashPassword,
    isPassword,
    newToken: randomToken,
    deriveToken: (...parts) => derivedToken(config.idSecret, parts.join("\u0000")),
    hashOf,
    isAdminToken: async (token) => config.adminToken !== undefined && sameSecret(token, config.adminToken),
    signAccessToken: (userId, times) => signAccessToken(config, userId, times),
    readAccessToken: (token) => readAccessToken(config, token),
  };
}

function logDeferred(error: unknown): void {
  logLine("deferred_failed", { error: String(error) });
}

function logLine(event: string, fields: Record<string, unknown>): void {
  console.log(JSON.stringify({ event, ...fields }));
}
