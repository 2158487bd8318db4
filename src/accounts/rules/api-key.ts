import { type Action, mayRole } from "../../rules/rights.ts";

/** What every key begins with, so that a leaked one is recognised. */
export const KEY_PREFIX = "hfk_";

/** Use within this time of the last recorded one is not recorded anew. */
export const KEY_USE_MS = 10 * 60_000;

/** A machine's key, without the key itself, of which the hash alone is kept. */
export interface ApiKey {
  keyId: string;
  name: string;
  rights: Action[];
  expiresAtMs: number | null;
  revokedAtMs: number | null;
  lastUsedAtMs: number | null;
  createdBy: string;
  createdAtMs: number;
}

/** A key may what it was given, and what anybody may. */
export function mayKey({ rights }: Pick<ApiKey, "rights">, action: Action): boolean {
  return mayRole("guest", action) || rights.includes(action);
}

/** Whether a key counts at a time. */
export function isKeyValid({ expiresAtMs, revokedAtMs }: ApiKey, nowMs: number): boolean {
  return revokedAtMs === null && (expiresAtMs === null || expiresAtMs > nowMs);
}
