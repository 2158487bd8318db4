import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { type Keyed, type Plan, writeOnce, type Written } from "../events/write-once.ts";
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
  const { newToken, deriveToken, hashOf } = deps.secrets;
  const text = KEY_PREFIX + (keyed ? await deriveToken("api-key", keyed.id) : newToken());
  const keyHash = await hashOf(text);
  const plan = async (): Promise<Plan<ApiKey>> => {
    const createdAtMs = deps.nowMs();
    if (wanted.expiresAtMs !== null && wanted.expiresAtMs <= createdAtMs)
      throw invalidField("expires_at", "must be in the future");
    const unused = { revokedAtMs: null, lastUsedAtMs: null };
    const key = { ...wanted, ...unused, keyId: deps.newId(), createdBy: deps.by.actor, createdAtMs };
    const { name, rights, expiresAtMs } = key;
    const after = { name, rights, expiresAtMs };
    const changes = [{ action: "api_key.create", recordType: "api_key", recordId: key.keyId, after }];
    return { queries: [insertKey(key, keyHash)], changes, answer: key, status: 201 };
  };
  const written = await writeOnce(deps, keyed, plan);
  if (!written.replayed) return { ...written, answer: { key: written.answer, text } };
  const [now] = await deps.db.batch(findKey({ keyHash }));
  return { ...written, answer: { key: now ?? written.answer, text } };
}
