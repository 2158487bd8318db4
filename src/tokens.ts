import { sign, verify } from "hono/jwt";

const ALGORITHM = "HS256";
const ISSUER = "holdfast";

/** The settings of access tokens. Tokens of another environment are refused, even under the same secret. */
export interface TokenSettings {
  jwtSecret: string;
  /** Still accepted while the secret rotates. */
  previousJwtSecret: string | undefined;
  environment: string;
}

/**
 * Signs a user's access token: a JWT under HMAC-SHA-256. It proves identity only; rights are read on each request.
 * @param times both in ms; the token counts in whole seconds
 */
export function signAccessToken(
  { jwtSecret, environment }: TokenSettings,
  userId: string,
  { issuedAtMs, expiresAtMs }: { issuedAtMs: number; expiresAtMs: number },
): Promise<string> {
  const claims = { sub: userId, iat: secondsOf(issuedAtMs), exp: secondsOf(expiresAtMs), iss: ISSUER, aud: environment };
  return sign(claims, jwtSecret, ALGORITHM);
}

/**
 * Verifies an access token.
 * @returns the user id; `undefined` if the token has expired, was changed, or belongs to another environment
 */
export async function readAccessToken(settings: TokenSettings, token: string): Promise<string | undefined> {
  const { jwtSecret, previousJwtSecret, environment } = settings;
  // Clocks differ between machines, so a token issued a second from now is accepted.
  const options = { alg: ALGORITHM, iss: ISSUER, aud: environment, iat: false } as const;
  for (const secret of [jwtSecret, previousJwtSecret]) {
    if (secret === undefined) continue;
    // `verify` accepts a token without an expiry.
    const { sub, exp } = await verify(token, secret, options).catch((): { sub?: unknown; exp?: unknown } => ({}));
    if (typeof sub === "string" && exp !== undefined) return sub;
  }
  return undefined;
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1_000);
}
