import { type Action, mayRole } from "../../rules/rights.ts";

/** Prefix of every key, so that scanners recognise a leaked one. */
export const KEY_PREFIX = "hfk_";

/** A use is recorded at most once in this time. */
export const KEY_USE_MS = 10 * 60_000;

/** An API key of a machine. Only the hash of its secret is stored. */
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

/** A key has the rights that it was given and those of a guest. */
export function mayKey({ rights }: Pick<ApiKey, "rights">, action: Action): boolean {
  return mayRole("guest", action) || rights.includes(action);
}

/** Whether a key is neither revoked nor expired. */
export function isKeyValid({ expiresAtMs, revokedAtMs }: ApiKey, nowMs: number): boolean {
  return revokedAtMs === null && (expiresAtMs === null || expiresAtMs > nowMs);
}
