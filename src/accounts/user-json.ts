import type { Session } from "./rules/session.ts";
import type { User } from "./rules/user.ts";

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
