import { sign, verify } from "hono/jwt";

const ALGORITHM = "HS256";
const ISSUER = "holdfast";

/** What access tokens are made and checked by. Those of another environment are refused, even under the same secret. */
export interface TokenSettings {
  jwtSecret: string;
  /** Still good for checking, while the secret rotates. */
  previousJwtSecret: string | undefined;
  environment: string;
}

/**
 * Makes a user's access token: a JWT, signed by HMAC-SHA-256. It says who somebody is; what they may is read anew each time.
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
 * Reads whose an access token is.
 * @returns the user's id; `undefined` for one that has run out, was tampered with, or is from elsewhere
 */
export async function readAccessToken(settings: TokenSettings, token: string): Promise<string | undefined> {
  const { jwtSecret, previousJwtSecret, environment } = settings;
  // Clocks differ: one that was made a second from now is as good.
  const options = { alg: ALGORITHM, iss: ISSUER, aud: environment, iat: false } as const;
  for (const secret of [jwtSecret, previousJwtSecret]) {
    if (secret === undefined) continue;
    // A token that never ends would pass the check of its end.
    const { sub, exp } = await verify(token, secret, options).catch((): { sub?: unknown; exp?: unknown } => ({}));
    if (typeof sub === "string" && exp !== undefined) return sub;
  }
  return undefined;
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1_000);
}
