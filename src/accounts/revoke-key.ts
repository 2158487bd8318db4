import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { findKey, revokeKey as endKey } from "./key-queries.ts";
import type { ApiKey } from "./rules/api-key.ts";

/**
 * Revokes a machine's key, from the next request on. One that is revoked stays as it is.
 * @throws Refusal `not_found`
 */
export async function revokeKey(deps: Deps, keyed: Keyed | undefined, keyId: string): Promise<Written<ApiKey>> {
  return writeOnce(deps, keyed, () => plan(deps, keyId));
}

async function plan(deps: Deps, keyId: string): Promise<Plan<ApiKey>> {
  const { before } = await deps.db.batch("read", { before: findKey({ keyId }) });
  if (!before) throw new Refusal("not_found", "There is no such key.");
  const nowMs = deps.nowMs();
  const after = { ...before, revokedAtMs: before.revokedAtMs ?? nowMs };
  const change = { action: "api_key.revoke", recordType: "api_key", recordId: keyId, before, after };
  return { queries: [endKey(keyId, nowMs)], changes: before.revokedAtMs === null ? [change] : [], answer: after, status: 200 };
}
