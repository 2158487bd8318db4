import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { findSignIn } from "./queries.ts";
import { insertFamily, revokeFamily } from "./session-queries.ts";

const ACCESS_TOKEN_MS = 15 * 60_000;

/** How long an unused refresh token is valid. */
export const REFRESH_TOKEN_MS = 30 * 86_400_000;

/** The tokens of a signed-in user. */
export interface Session {
  accessToken: string;
  expiresInS: number;
  refreshToken: string;
}

/**
 * Signs a user in and starts a new family of refresh tokens. An unknown e-mail is answered like a wrong password, after the same work.
 * @throws Refusal `invalid_credentials`
 */
export async function signIn(deps: Deps, { email, password }: { email: string; password: string }): Promise<Session> {
  const { user } = await deps.db.batch("read user", { user: findSignIn({ email }) });
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
  const { inserted } = await deps.db.batch("sign in", { inserted: insertFamily(family, user.hash, nowMs) });
  // The account was deleted, or its password changed, while this password was checked.
  if (inserted === 0) throw wrong();
  return openSession(deps, user.userId, refreshToken);
}

/** Pairs a refresh token with a new access token. */
export async function openSession(deps: Deps, userId: string, refreshToken: string): Promise<Session> {
  const issuedAtMs = deps.nowMs();
  const accessToken = await deps.secrets.signAccessToken(userId, { issuedAtMs, expiresAtMs: issuedAtMs + ACCESS_TOKEN_MS });
  return { accessToken, expiresInS: ACCESS_TOKEN_MS / 1_000, refreshToken };
}

/** Signs out: revokes the family of a refresh token. An unknown token is accepted silently. */
export async function signOut(deps: Deps, refreshToken: string): Promise<void> {
  await deps.db.batch("sign out", { revoked: revokeFamily(await deps.secrets.hashOf(refreshToken)) });
}

function wrong(): Refusal {
  return new Refusal("invalid_credentials", "The e-mail or the password is wrong.");
}
