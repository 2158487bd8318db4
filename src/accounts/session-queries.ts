import { type SQL, sql } from "drizzle-orm";
import { type Query, row, write } from "../db/client.ts";
import { refreshTokens, users } from "./tables.ts";

/** The first refresh token of a new family. */
export interface NewFamily {
  tokenHash: string;
  familyId: string;
  userId: string;
  expiresAtMs: number;
}

/** Starts a family, if the user is active and the password is still the one that was checked. Answers 1 or 0. */
export function insertFamily(family: NewFamily, checkedHash: string, nowMs: number): Query<number> {
  return write(sql`
    INSERT INTO ${refreshTokens} (token_hash, family_id, user_id, status, expires_at_ms, created_at_ms)
    SELECT ${family.tokenHash}, ${family.familyId}, user_id, 'live', CAST(${family.expiresAtMs} AS INTEGER), CAST(${nowMs} AS INTEGER)
    FROM ${users} WHERE user_id = ${family.userId} AND password_hash = ${checkedHash} AND status = 'active'`);
}

/** A refresh token and its successor, by their hashes. */
export interface Rotation {
  usedHash: string;
  nextHash: string;
  nextExpiresAtMs: number;
  /** A successor created after this time may be returned again. */
  graceAfterMs: number;
}

/**
 * The queries that rotate a refresh token, in one batch. A used token revokes its family, unless its successor is fresh and unused
 * (`revoked` counts tokens). A live token gets a successor (`inserted` is 1) and becomes used. `successor` says which active user has
 * the live successor, and whether it is fresh.
 */
export function rotate({ usedHash, nextHash, nextExpiresAtMs, graceAfterMs }: Rotation, nowMs: number) {
  const now = sql`CAST(${nowMs} AS INTEGER)`;
  const isLive = sql`token_hash = ${usedHash} AND status = 'live' AND expires_at_ms > ${nowMs}`;
  const isNext = sql`next.token_hash = ${nextHash} AND next.status = 'live'`;
  const isFresh = sql`next.created_at_ms > CAST(${graceAfterMs} AS INTEGER)`;
  return {
    revoked: revokeFamilyOf(sql`token_hash = ${usedHash} AND status = 'used'
      AND NOT EXISTS (SELECT 1 FROM ${refreshTokens} next WHERE ${isNext} AND ${isFresh})`),
    inserted: write(sql`
      INSERT INTO ${refreshTokens} (token_hash, family_id, user_id, status, expires_at_ms, created_at_ms)
      SELECT ${nextHash}, family_id, user_id, 'live', CAST(${nextExpiresAtMs} AS INTEGER), ${now}
      FROM ${refreshTokens} WHERE ${isLive}`),
    used: write(sql`UPDATE ${refreshTokens} SET status = 'used' WHERE ${isLive}`),
    successor: row<{ userId: string; isFresh: 0 | 1 }>(sql`
      SELECT next.user_id AS "userId", ${isFresh} AS "isFresh"
      FROM ${refreshTokens} next CROSS JOIN ${users} u ON u.user_id = next.user_id WHERE ${isNext} AND u.status = 'active'`),
  };
}

/** Revokes the family of a refresh token, whatever the status of the token. */
export function revokeFamily(tokenHash: string): Query<number> {
  return revokeFamilyOf(sql`token_hash = ${tokenHash}`);
}

/** Only live tokens can be used, so only they are revoked. */
function revokeFamilyOf(token: SQL): Query<number> {
  return write(sql`
    UPDATE ${refreshTokens} SET status = 'revoked'
    WHERE status = 'live' AND family_id = (SELECT family_id FROM ${refreshTokens} WHERE ${token})`);
}

/** Signs a user out everywhere. */
export function revokeFamilies(userId: string): Query<number> {
  return write(sql`UPDATE ${refreshTokens} SET status = 'revoked' WHERE user_id = ${userId} AND status = 'live'`);
}

/** Deletes refresh tokens that expired before a time, a bounded number at once. */
export function purgeRefreshTokens(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${refreshTokens} WHERE token_hash IN (
      SELECT token_hash FROM ${refreshTokens} WHERE expires_at_ms < ${beforeMs} ORDER BY expires_at_ms LIMIT ${limit})`);
}
