import { base32 } from "./rules/encode.ts";

const ID_BYTES = 16;
const HOLD_BYTES = 10;
const TOKEN_BYTES = 32;
const encoder = new TextEncoder();

/** 128 random bits as 26 characters. */
export function randomId(): string {
  return base32(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

/** 80 random bits as 16 characters: what tells one try of one coordinator from every other (PROTOCOL, hold_id). */
export function randomTry(): string {
  return base32(crypto.getRandomValues(new Uint8Array(HOLD_BYTES)));
}

/** 256 random bits as 52 characters: a token or key that only its holder knows. */
export function randomToken(): string {
  return base32(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}

/**
 * Derives an id that only this shop can make: HMAC-SHA-256 of the parts, cut to 128 bits, as 26 characters.
 * @param parts joined by a byte that no part has, so that no two lists give one text
 */
export async function derivedId(secret: string, ...parts: string[]): Promise<string> {
  const digest = await hmac(secret, parts.join("\u0000"));
  return base32(digest.subarray(0, ID_BYTES));
}

/** HMAC-SHA-256 of a text as 52 characters, for tokens. */
export async function derivedToken(secret: string, text: string): Promise<string> {
  return base32(await hmac(secret, text));
}

/** HMAC-SHA-256 of the parts as a secret of Standard Webhooks: 32 bytes in base 64 behind `whsec_`. */
export async function derivedWebhookSecret(secret: string, ...parts: string[]): Promise<string> {
  const digest = await hmac(secret, parts.join("\u0000"));
  return `whsec_${btoa(String.fromCharCode(...digest))}`;
}

/** SHA-256 of a text as 52 characters. */
export async function hashOf(text: string): Promise<string> {
  return base32(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

/** Compares two secrets in constant time, by their digests, so that not even their lengths are told. */
export async function sameSecret(left: string, right: string): Promise<boolean> {
  const [a, b] = await Promise.all([left, right].map((text) => crypto.subtle.digest("SHA-256", encoder.encode(text))));
  return a !== undefined && b !== undefined && crypto.subtle.timingSafeEqual(a, b);
}

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

/** The deployment's secrets as keys, which are as few as its settings; each is made once an isolate. */
const hmacKeys = new Map<string, CryptoKey>();

async function hmac(secret: string, text: string): Promise<Uint8Array> {
  const key = hmacKeys.get(secret) ?? (await crypto.subtle.importKey("raw", encoder.encode(secret), HMAC, false, ["sign"]));
  hmacKeys.set(secret, key);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
}
