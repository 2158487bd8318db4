import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { rotate } from "./session-queries.ts";
import { openSession, REFRESH_TOKEN_MS, type Session } from "./sign-in.ts";

/**
 * Rotates a refresh token and returns its successor with a new access token. Reuse of a used token revokes its family: the token or its
 * successor was stolen. For `REFRESH_GRACE_SECONDS`, and until the successor is used, reuse returns the same successor, in case the
 * answer was lost; that is why the successor is derived from the token.
 * @throws Refusal `invalid_credentials`
 */
export async function refresh(deps: Deps, refreshToken: string): Promise<Session> {
  const { deriveToken, hashOf } = deps.secrets;
  const next = await deriveToken("refresh", refreshToken);
  const nowMs = deps.nowMs();
  const rotation = {
    usedHash: await hashOf(refreshToken),
    nextHash: await hashOf(next),
    nextExpiresAtMs: nowMs + REFRESH_TOKEN_MS,
    graceAfterMs: nowMs - deps.config.refreshGraceMs,
  };
  const { revoked, inserted, successor } = await deps.db.batch("rotate refresh token", rotate(rotation, nowMs));
  if (revoked > 0) deps.log("refresh_token_reused", { revoked });
  const valid = inserted > 0 || successor?.isFresh === 1 ? successor : undefined;
  if (!valid) throw new Refusal("invalid_credentials", "The refresh token is no longer valid. Sign in again.");
  return openSession(deps, valid.userId, next);
}
