import type { PasswordHash } from "./accounts/rules/user.ts";
import { sameSecret } from "./ids.ts";
import { base32 } from "./rules/encode.ts";

/** As many as Cloudflare's runtime allows for PBKDF2. */
const ITERATIONS = 100_000;
const SALT_BYTES = 16;
const HASH_BITS = 256;
const SCHEME = "pbkdf2-sha256";

/** What an unknown user's password is compared with, so that it takes as long as a known one's. */
const NOBODYS: PasswordHash = { hash: "", salt: "", parameters: `${SCHEME}:${ITERATIONS}` };

/** Hashes a password under a salt of its own, by PBKDF2-SHA-256. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = base32(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
  return { hash: await derive(password, salt, ITERATIONS), salt, parameters: `${SCHEME}:${ITERATIONS}` };
}

/**
 * Whether a password is the one that was hashed, by the parameters that it was hashed with.
 * @param stored `undefined` for nobody's: the answer is no, and takes as long
 */
export async function isPassword(password: string, stored: PasswordHash | undefined): Promise<boolean> {
  const { hash, salt, parameters } = stored ?? NOBODYS;
  const [scheme, iterations] = parameters.split(":");
  if (scheme !== SCHEME) throw new Error(`A password was hashed by ${parameters}, which is not known.`);
  return sameSecret(await derive(password, salt, Number(iterations)), hash);
}

async function derive(password: string, salt: string, iterations: number): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(password), "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(salt), iterations };
  return base32(new Uint8Array(await crypto.subtle.deriveBits(parameters, key, HASH_BITS)));
}
