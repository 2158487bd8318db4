import type { PasswordHash } from "./accounts/rules/user.ts";
import { sameSecret } from "./ids.ts";
import { base32 } from "./rules/encode.ts";

/** The most that Cloudflare's runtime allows for PBKDF2. */
const ITERATIONS = 100_000;
const SALT_BYTES = 16;
const HASH_BITS = 256;
const SCHEME = "pbkdf2-sha256";

/** Compared with the password of an unknown user, so that the check takes as long as for a known one. */
const DUMMY: PasswordHash = { hash: "", salt: "", parameters: `${SCHEME}:${ITERATIONS}` };

/** Hashes a password with a new salt, by PBKDF2-SHA-256. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = base32(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
  return { hash: await derive(password, salt, ITERATIONS), salt, parameters: `${SCHEME}:${ITERATIONS}` };
}

/**
 * Checks a password against a stored hash, with the parameters of that hash.
 * @param stored `undefined` for an unknown user: the result is false, after the same time
 * @throws Error for an unknown algorithm
 */
export async function isPassword(password: string, stored: PasswordHash | undefined): Promise<boolean> {
  const { hash, salt, parameters } = stored ?? DUMMY;
  const [scheme, iterations] = parameters.split(":");
  if (scheme !== SCHEME) throw new Error(`Unknown password hash parameters: ${parameters}`);
  return sameSecret(await derive(password, salt, Number(iterations)), hash);
}

async function derive(password: string, salt: string, iterations: number): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(password), "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(salt), iterations };
  return base32(new Uint8Array(await crypto.subtle.deriveBits(parameters, key, HASH_BITS)));
}
