import { sign, verify } from "hono/jwt";
import { derivedToken, sameSecret } from "./ids.ts";

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

/** The settings of the tokens of orders. */
interface OrderTokenSettings {
  tokenSecret: string;
  /** Still accepted while the secret rotates. */
  previousTokenSecret: string | undefined;
  environment: string;
}

/** Prefix of the tokens of links, so that scanners recognise a leaked one. An order's own token has none. */
const LINK_PREFIX = "hfl_";
const LINK_TOKEN = /^hfl_([1-9]\d{9,10})_[0-9A-Z]{52}$/;

/** The token of an order, which its buyer gets with it. It has no end. */
export function orderTokenOf({ tokenSecret }: OrderTokenSettings, orderId: string): Promise<string> {
  return derivedToken(tokenSecret, orderId);
}

/** A token of an order for a link, which ends by itself and is stored nowhere. @param expiresAtMs counts in whole seconds */
export function linkTokenOf(settings: OrderTokenSettings, orderId: string, expiresAtMs: number): Promise<string> {
  return linkToken(settings, settings.tokenSecret, orderId, secondsOf(expiresAtMs));
}

/**
 * Verifies a token of an order: its own, or that of a link.
 * @returns `undefined` for one of another order or environment, or that was changed
 */
export async function readOrderToken(
  settings: OrderTokenSettings,
  { token, orderId, nowMs }: { token: string; orderId: string; nowMs: number },
): Promise<"valid" | "expired" | undefined> {
  const end = LINK_TOKEN.exec(token)?.[1];
  const expiresAtS = end === undefined ? Infinity : Number(end);
  const expected = (secret: string) =>
    end === undefined ? derivedToken(secret, orderId) : linkToken(settings, secret, orderId, expiresAtS);
  const secrets = [settings.tokenSecret, settings.previousTokenSecret].filter((secret) => secret !== undefined);
  const matches = await Promise.all(secrets.map(async (secret) => sameSecret(token, await expected(secret))));
  if (!matches.includes(true)) return undefined;
  return expiresAtS * 1_000 > nowMs ? "valid" : "expired";
}

/** What it signs has bytes that no order's id has, so that it is never an order's own token. */
async function linkToken(
  { environment }: OrderTokenSettings,
  secret: string,
  orderId: string,
  expiresAtS: number,
): Promise<string> {
  const signed = await derivedToken(secret, ["order-link", environment, orderId, expiresAtS].join("\u0000"));
  return `${LINK_PREFIX}${expiresAtS}_${signed}`;
}
