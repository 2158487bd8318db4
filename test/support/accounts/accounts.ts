import { env } from "cloudflare:workers";
import { insertFamily } from "../../../src/accounts/session-queries.ts";
import { REFRESH_TOKEN_MS } from "../../../src/accounts/sign-in.ts";
import { bindDeps } from "../../../src/bind.ts";
import { parseConfig } from "../../../src/config.ts";
import { hashPassword } from "../../../src/passwords.ts";
import type { Action, Role } from "../../../src/rules/rights.ts";
import { signAccessToken } from "../../../src/tokens.ts";
import { post } from "../http/requests.ts";

export const PASSWORD = "correct horse battery";

/** Hashed once per file, because hashing is slow. */
let hashed: ReturnType<typeof hashPassword> | undefined;

export interface TestUser {
  userId: string;
  email: string;
  token: string;
}

/** Creates a user with the password `PASSWORD` directly in D1. @returns the user with a new access token */
export async function userOf(role: Role = "customer"): Promise<TestUser> {
  hashed ??= hashPassword(PASSWORD);
  const { hash, salt, parameters } = await hashed;
  const userId = `U${crypto.randomUUID()}`;
  const email = `${userId.toLowerCase()}@example.com`;
  await env.DB.prepare(
    "INSERT INTO users VALUES (?, ?, 'Asha', ?, 'standard', 'active', ?, ?, ?, CAST(? AS INTEGER), CAST(? AS INTEGER))",
  )
    .bind(userId, email, role, hash, salt, parameters, Date.now(), Date.now())
    .run();
  return { userId, email, token: await accessTokenOf(userId) };
}

/** A valid access token of a user id, whether the user exists or not. */
export function accessTokenOf(userId: string): Promise<string> {
  return signAccessToken(parseConfig(env), userId, { issuedAtMs: Date.now(), expiresAtMs: Date.now() + 900_000 });
}

/** A part of a JWT. */
export function encodePart(part: unknown): string {
  return btoa(JSON.stringify(part)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export interface SessionBody {
  access_token: string;
  token_type: string;
  expires_in: number;
  refresh_token: string;
}

export function signIn(email: string, password = PASSWORD): Promise<Response> {
  return post("/api/v1/auth/login", { email, password });
}

/** Signs a user in, and fails the test if that is refused. */
export async function sessionOf(email: string, password = PASSWORD): Promise<SessionBody> {
  const response = await signIn(email, password);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** Opens a session as signing in does, without the slow check of a password. @returns its refresh token */
export async function openedSession(userId: string): Promise<string> {
  const { deps } = bindDeps(env, { waitUntil: () => {} });
  const refreshToken = deps.secrets.newToken();
  const family = {
    tokenHash: await deps.secrets.hashOf(refreshToken),
    familyId: deps.newId(),
    userId,
    expiresAtMs: deps.nowMs() + REFRESH_TOKEN_MS,
  };
  const { hash } = await (hashed ??= hashPassword(PASSWORD));
  await deps.db.batch("open session", { inserted: insertFamily(family, hash, deps.nowMs()) });
  return refreshToken;
}

export function refresh(refreshToken: string): Promise<Response> {
  return post("/api/v1/auth/refresh", { refresh_token: refreshToken });
}

/** Creates an API key as an admin. @returns its id and the key itself */
export async function keyOf(rights: Action[], more: Record<string, unknown> = {}): Promise<{ keyId: string; key: string }> {
  const response = await post("/api/v1/api-keys", { name: "Scanner", rights, ...more }, { admin: true });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  const { key_id: keyId, key } = await response.json<{ key_id: string; key: string }>();
  return { keyId, key };
}

/** A new customer who has just signed in, and the first refresh token of the family. */
export async function signedIn(): Promise<{ userId: string; first: string }> {
  const { userId, email } = await userOf();
  return { userId, first: (await sessionOf(email)).refresh_token };
}

/** The status of each refresh token of a user. */
export async function statusesOf(userId: string): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT status FROM refresh_tokens WHERE user_id = ? ORDER BY status")
    .bind(userId)
    .all<{ status: string }>();
  return results.map(({ status }) => status);
}
