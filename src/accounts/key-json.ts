import { isoOrNull } from "../http/validate.ts";
import type { ApiKey } from "./rules/api-key.ts";

/** Shows a machine's key as `keySchema` promises it. */
export function toKeyJson(key: ApiKey) {
  return {
    key_id: key.keyId,
    name: key.name,
    rights: key.rights,
    expires_at: isoOrNull(key.expiresAtMs),
    revoked_at: isoOrNull(key.revokedAtMs),
    last_used_at: isoOrNull(key.lastUsedAtMs),
    created_by: key.createdBy,
    created_at: new Date(key.createdAtMs).toISOString(),
  };
}
