import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { REFRESH_TOKEN_MS, type Session } from "./rules/session.ts";
import { rotate } from "./session-queries.ts";
import { openSession } from "./sign-in.ts";

/**
 * Gives a refresh token's successor and a new access token. A used token that comes again ends its family: it was stolen, or its
 * successor was. A shop may allow for lost answers (`REFRESH_GRACE_SECONDS`): for so long, and while the successor is not used
 * itself, the same successor is given again, which is why it is derived from the token.
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
  const { revoked, made, successor } = await deps.db.batch("rotate refresh token", rotate(rotation, nowMs));
  if (revoked > 0) deps.log("refresh_token_reused", { revoked });
  const given = made > 0 || successor?.isFresh === 1 ? successor : undefined;
  if (!given) throw new Refusal("invalid_credentials", "The refresh token is not valid any more. Sign in again.");
  return openSession(deps, given.userId, next);
}
