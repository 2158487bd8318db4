import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { findSignIn } from "./queries.ts";
import { ACCESS_TOKEN_MS, REFRESH_TOKEN_MS, type Session } from "./rules/session.ts";
import { insertFamily } from "./session-queries.ts";

/**
 * Signs a user in: a new family of refresh tokens. An unknown e-mail answers the same as a wrong password, after the same work.
 * @throws Refusal `invalid_credentials`
 */
export async function signIn(deps: Deps, { email, password }: { email: string; password: string }): Promise<Session> {
  const { user } = await deps.db.batch("sign in", { user: findSignIn({ email }) });
  const isRight = await deps.secrets.isPassword(password, user);
  if (!user || !isRight) throw wrong();
  const refreshToken = deps.secrets.newToken();
  const nowMs = deps.nowMs();
  const family = {
    tokenHash: await deps.secrets.hashOf(refreshToken),
    familyId: deps.newId(),
    userId: user.userId,
    expiresAtMs: nowMs + REFRESH_TOKEN_MS,
  };
  const { begun } = await deps.db.batch("sign in", { begun: insertFamily(family, user.hash, nowMs) });
  // The account was deleted, or its password changed, while this one was checked.
  if (begun === 0) throw wrong();
  return openSession(deps, user.userId, refreshToken);
}

/** Makes what a signed-in user holds: a new access token beside the refresh token. */
export async function openSession(deps: Deps, userId: string, refreshToken: string): Promise<Session> {
  const issuedAtMs = deps.nowMs();
  const accessToken = await deps.secrets.signAccessToken(userId, { issuedAtMs, expiresAtMs: issuedAtMs + ACCESS_TOKEN_MS });
  return { accessToken, expiresInS: ACCESS_TOKEN_MS / 1_000, refreshToken };
}

function wrong(): Refusal {
  return new Refusal("invalid_credentials", "The e-mail or the password is wrong.");
}
