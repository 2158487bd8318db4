import type { Deps } from "../deps.ts";
import { invalidField, Refusal } from "../errors.ts";
import type { Action } from "../rules/rights.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import { findKey, findKeyWindow, insertKey, type KeyPlace, revokeKey as revokeInD1 } from "./key-queries.ts";
import { type ApiKey, KEY_PREFIX } from "./rules/api-key.ts";

/** An API key to create; `expiresAtMs` null means that it never expires. */
export interface NewKey {
  name: string;
  rights: Action[];
  expiresAtMs: number | null;
}

/**
 * Creates an API key. Only its hash is stored, and the key itself is returned once; under an Idempotency-Key it is derived from that,
 * so that a retry returns the same key although it is stored nowhere.
 * @throws Refusal `validation_failed` for an expiry in the past
 */
export async function createKey(
  deps: Deps,
  keyed: Keyed | undefined,
  request: NewKey,
): Promise<Written<{ key: ApiKey; secret: string }>> {
  const keyId = deps.newId();
  const secret = await secretOf(deps, keyed, keyId);
  const written = await writeOnce(deps, keyed, () => planCreation(deps, { ...request, keyId }, secret));
  if (!written.replayed) return { ...written, answer: { key: written.answer, secret } };
  const { current } = await deps.db.batch("show key", { current: findKey({ keyId: written.answer.keyId }) });
  const key = current ?? written.answer;
  return { ...written, answer: { key, secret: await secretOf(deps, keyed, key.keyId) } };
}

async function secretOf({ secrets }: Deps, keyed: Keyed | undefined, keyId: string): Promise<string> {
  return KEY_PREFIX + (keyed ? await secrets.deriveToken("api-key", keyed.id, keyId) : secrets.newToken());
}

async function planCreation(deps: Deps, request: NewKey & { keyId: string }, secret: string): Promise<Plan<ApiKey>> {
  const createdAtMs = deps.nowMs();
  const { keyId: recordId, name, rights, expiresAtMs } = request;
  if (expiresAtMs !== null && expiresAtMs <= createdAtMs) throw invalidField("expires_at", "must be in the future");
  const key = { ...request, revokedAtMs: null, lastUsedAtMs: null, createdBy: deps.by.actor, createdAtMs };
  const change = { action: "api_key.create", recordType: "api_key", recordId, after: { name, rights, expiresAtMs } };
  return { queries: [insertKey(key, await deps.secrets.hashOf(secret))], changes: [change], answer: key, status: 201 };
}

/** Lists API keys, newest first, including revoked ones. */
export async function listKeys(deps: Deps, after: KeyPlace | undefined, limit: number) {
  const { window } = await deps.db.batch("list keys", { window: findKeyWindow(after, limit + 1) });
  const keys = window.slice(0, limit);
  const last = window.length > limit ? keys.at(-1) : undefined;
  return { keys, next: last && ([last.createdAtMs, last.keyId] satisfies KeyPlace) };
}

/**
 * Revokes an API key, from the next request on. A revoked one keeps its time.
 * @throws Refusal `not_found`
 */
export async function revokeKey(deps: Deps, keyed: Keyed | undefined, keyId: string): Promise<Written<ApiKey>> {
  return writeOnce(deps, keyed, () => planRevocation(deps, keyId));
}

async function planRevocation(deps: Deps, keyId: string): Promise<Plan<ApiKey>> {
  const { before } = await deps.db.batch("show key", { before: findKey({ keyId }) });
  if (!before) throw new Refusal("not_found", "API key not found.");
  const nowMs = deps.nowMs();
  const after = { ...before, revokedAtMs: before.revokedAtMs ?? nowMs };
  const change = { action: "api_key.revoke", recordType: "api_key", recordId: keyId, before, after };
  return {
    queries: [revokeInD1(keyId, nowMs)],
    changes: before.revokedAtMs === null ? [change] : [],
    answer: after,
    status: 200,
  };
}
