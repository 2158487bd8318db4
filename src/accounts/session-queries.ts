import { type SQL, sql } from "drizzle-orm";
import { type Query, row, write } from "../db/client.ts";
import { refreshTokens, users } from "./tables.ts";

/** A user's new refresh token, the first of its family. */
export interface NewFamily {
  tokenHash: string;
  familyId: string;
  userId: string;
  expiresAtMs: number;
}

/** Begins a family, if the user is active and the password still what was checked. Its answer counts 1 or 0. */
export function insertFamily(family: NewFamily, checkedHash: string, nowMs: number): Query<number> {
  return write(sql`
    INSERT INTO ${refreshTokens} (token_hash, family_id, user_id, status, expires_at_ms, created_at_ms)
    SELECT ${family.tokenHash}, ${family.familyId}, user_id, 'live', CAST(${family.expiresAtMs} AS INTEGER), CAST(${nowMs} AS INTEGER)
    FROM ${users} WHERE user_id = ${family.userId} AND password_hash = ${checkedHash} AND status = 'active'`);
}

/** A refresh token and the one that comes after it, by their hashes. */
export interface Rotation {
  usedHash: string;
  nextHash: string;
  nextExpiresAtMs: number;
  /** A successor that was made after this time is given again. */
  graceAfterMs: number;
}

/**
 * Rotates a refresh token, in one batch. One that was used before revokes its whole family, unless its successor is fresh and not
 * used itself; a live token gets its successor, which the second answer counts, and is used. The last answer is whose a live
 * successor is, and whether it is fresh.
 */
export function rotate({ usedHash, nextHash, nextExpiresAtMs, graceAfterMs }: Rotation, nowMs: number) {
  const now = sql`CAST(${nowMs} AS INTEGER)`;
  const isLive = sql`token_hash = ${usedHash} AND status = 'live' AND expires_at_ms > ${nowMs}`;
  const isNext = sql`next.token_hash = ${nextHash} AND next.status = 'live'`;
  const isFresh = sql`next.created_at_ms > CAST(${graceAfterMs} AS INTEGER)`;
  return {
    revoked: revokeFamilyOf(sql`token_hash = ${usedHash} AND status = 'used'
      AND NOT EXISTS (SELECT 1 FROM ${refreshTokens} next WHERE ${isNext} AND ${isFresh})`),
    made: write(sql`
      INSERT INTO ${refreshTokens} (token_hash, family_id, user_id, status, expires_at_ms, created_at_ms)
      SELECT ${nextHash}, family_id, user_id, 'live', CAST(${nextExpiresAtMs} AS INTEGER), ${now}
      FROM ${refreshTokens} WHERE ${isLive}`),
    used: write(sql`UPDATE ${refreshTokens} SET status = 'used' WHERE ${isLive}`),
    successor: row<{ userId: string; isFresh: 0 | 1 }>(sql`
      SELECT next.user_id AS "userId", ${isFresh} AS "isFresh"
      FROM ${refreshTokens} next CROSS JOIN ${users} u ON u.user_id = next.user_id WHERE ${isNext} AND u.status = 'active'`),
  };
}

/** Ends the family of a refresh token, whatever became of the token. */
export function revokeFamily(tokenHash: string): Query<number> {
  return revokeFamilyOf(sql`token_hash = ${tokenHash}`);
}

/** What is not live gives nothing any more, so the live ones are all there is to revoke. */
function revokeFamilyOf(token: SQL): Query<number> {
  return write(sql`
    UPDATE ${refreshTokens} SET status = 'revoked'
    WHERE status = 'live' AND family_id = (SELECT family_id FROM ${refreshTokens} WHERE ${token})`);
}

/** Signs a user out everywhere. */
export function revokeFamilies(userId: string): Query<number> {
  return write(sql`UPDATE ${refreshTokens} SET status = 'revoked' WHERE user_id = ${userId} AND status = 'live'`);
}

/** Ends refresh tokens that ran out before a time, a bounded number at once. */
export function purgeRefreshTokens(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${refreshTokens} WHERE token_hash IN (
      SELECT token_hash FROM ${refreshTokens} WHERE expires_at_ms < ${beforeMs} ORDER BY expires_at_ms LIMIT ${limit})`);
}
