import { Refusal } from "../errors.ts";
import type { AppContext } from "../http/context.ts";
import { isoOrNull } from "../http/validate.ts";
import type { ApiKey } from "./rules/api-key.ts";
import type { User } from "./rules/user.ts";
import type { Session } from "./sign-in.ts";

/** Shows a user as `userSchema` promises it. */
export function toUserJson(user: User) {
  return {
    user_id: user.userId,
    email: user.email,
    name: user.name,
    role: user.role,
    tier: user.tier,
    status: user.status,
    created_at: new Date(user.createdAtMs).toISOString(),
    updated_at: new Date(user.updatedAtMs).toISOString(),
  };
}

/** Shows a session as `sessionSchema` promises it. */
export function toSessionJson({ accessToken, expiresInS, refreshToken }: Session) {
  return { access_token: accessToken, token_type: "bearer" as const, expires_in: expiresInS, refresh_token: refreshToken };
}

/** Shows an API key as `keySchema` promises it. */
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

/** The caller's account. @throws Refusal `not_found` for `ADMIN_TOKEN`, which has every right and no account */
export function selfIdOf(c: AppContext): string {
  const { userId } = c.var.caller;
  if (userId === undefined) throw new Refusal("not_found", "This token does not belong to a user.");
  return userId;
}
