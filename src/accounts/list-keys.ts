import type { Deps } from "../deps.ts";
import { findKeyWindow, type KeyPlace } from "./key-queries.ts";

/** Lists the keys of machines, newest first, revoked ones too. */
export async function listKeys(deps: Deps, after: KeyPlace | undefined, limit: number) {
  const { found } = await deps.db.batch("list keys", { found: findKeyWindow(after, limit + 1) });
  const keys = found.slice(0, limit);
  const last = found.length > limit ? keys.at(-1) : undefined;
  return { keys, next: last && ([last.createdAtMs, last.keyId] satisfies KeyPlace) };
}
