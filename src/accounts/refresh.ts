import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { REFRESH_GRACE_MS, REFRESH_TOKEN_MS, type Session } from "./rules/session.ts";
import { rotate } from "./session-queries.ts";
import { openSession } from "./sign-in.ts";

/**
 * Gives a refresh token's successor and a new access token. The successor is derived from the token, so a client that lost the answer,
 * or asked twice at once, gets the same one for a short while. After that, or once the successor was used, a used token that comes
 * again ends its family: it was stolen, or its successor was.
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
    graceFromMs: nowMs - REFRESH_GRACE_MS,
  };
  const [, , revoked, given] = await deps.db.batch(...rotate(rotation, nowMs));
  if (revoked > 0) deps.log("refresh_token_reused", { revoked });
  if (!given) throw new Refusal("invalid_credentials", "The refresh token is not valid any more. Sign in again.");
  return openSession(deps, given.userId, next);
}
