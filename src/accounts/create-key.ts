import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import type { Action } from "../rules/rights.ts";
import { findKey, insertKey } from "./key-queries.ts";
import { type ApiKey, KEY_PREFIX } from "./rules/api-key.ts";

/** A key to make; without a time it does not run out. */
export interface NewKey {
  name: string;
  rights: Action[];
  expiresAtMs: number | null;
}

/**
 * Makes a machine's key. It is told once, and only its hash is kept; under an Idempotency-Key it is derived from that, so that a
 * repeat tells the same one, though nothing keeps it.
 * @throws Refusal `validation_failed` where it would have run out already
 */
export async function createKey(
  deps: Deps,
  keyed: Keyed | undefined,
  wanted: NewKey,
): Promise<Written<{ key: ApiKey; text: string }>> {
  const keyId = deps.newId();
  const text = await textOf(deps, keyed, keyId);
  const written = await writeOnce(deps, keyed, () => plan(deps, { ...wanted, keyId }, text));
  if (!written.replayed) return { ...written, answer: { key: written.answer, text } };
  const { now } = await deps.db.batch("create key", { now: findKey({ keyId: written.answer.keyId }) });
  const key = now ?? written.answer;
  return { ...written, answer: { key, text: await textOf(deps, keyed, key.keyId) } };
}

async function textOf({ secrets }: Deps, keyed: Keyed | undefined, keyId: string): Promise<string> {
  return KEY_PREFIX + (keyed ? await secrets.deriveToken("api-key", keyed.id, keyId) : secrets.newToken());
}

async function plan(deps: Deps, wanted: NewKey & { keyId: string }, text: string): Promise<Plan<ApiKey>> {
  const createdAtMs = deps.nowMs();
  const { keyId: recordId, name, rights, expiresAtMs } = wanted;
  if (expiresAtMs !== null && expiresAtMs <= createdAtMs) throw invalidField("expires_at", "must be in the future");
  const key = { ...wanted, revokedAtMs: null, lastUsedAtMs: null, createdBy: deps.by.actor, createdAtMs };
  const change = { action: "api_key.create", recordType: "api_key", recordId, after: { name, rights, expiresAtMs } };
  return { queries: [insertKey(key, await deps.secrets.hashOf(text))], changes: [change], answer: key, status: 201 };
}
