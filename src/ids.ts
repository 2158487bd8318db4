import { base32 } from "./rules/encode.ts";

const ID_BYTES = 16;
const HOLD_BYTES = 10;
const TOKEN_BYTES = 32;
const encoder = new TextEncoder();

/** 128 random bits as 26 characters. */
export function randomId(): string {
  return base32(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

/** 80 random bits as 16 characters: the part of a hold id that identifies one attempt of one Worker. */
export function randomTry(): string {
  return base32(crypto.getRandomValues(new Uint8Array(HOLD_BYTES)));
}

/** 256 random bits as 52 characters: the secret of a token or key. */
export function randomToken(): string {
  return base32(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}

/**
 * Derives an id that only this shop can compute: HMAC-SHA-256 of the parts, truncated to 128 bits, as 26 characters.
 * @param parts joined by a byte that no part contains, so that different lists give different texts
 */
export async function derivedId(secret: string, ...parts: string[]): Promise<string> {
  const digest = await hmac(secret, parts.join("\u0000"));
  return base32(digest.subarray(0, ID_BYTES));
}

/** HMAC-SHA-256 of a text as 52 characters. */
export async function derivedToken(secret: string, text: string): Promise<string> {
  return base32(await hmac(secret, text));
}

/** HMAC-SHA-256 of the parts in the format of Standard Webhooks: 32 bytes in base 64 after `whsec_`. */
export async function derivedWebhookSecret(secret: string, ...parts: string[]): Promise<string> {
  const digest = await hmac(secret, parts.join("\u0000"));
  return `whsec_${btoa(String.fromCharCode(...digest))}`;
}

/** SHA-256 of a text as 52 characters. */
export async function hashOf(text: string): Promise<string> {
  return base32(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

/** Compares two secrets in constant time, by their digests, so that their lengths do not leak either. */
export async function sameSecret(left: string, right: string): Promise<boolean> {
  const [a, b] = await Promise.all([left, right].map((text) => crypto.subtle.digest("SHA-256", encoder.encode(text))));
  return a !== undefined && b !== undefined && crypto.subtle.timingSafeEqual(a, b);
}

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

/** One imported key per secret of the deployment; there are few. */
const hmacKeys = new Map<string, CryptoKey>();

async function hmac(secret: string, text: string): Promise<Uint8Array> {
  const key = hmacKeys.get(secret) ?? (await crypto.subtle.importKey("raw", encoder.encode(secret), HMAC, false, ["sign"]));
  hmacKeys.set(secret, key);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
}
