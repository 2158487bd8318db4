import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import type { ApiKey } from "./rules/api-key.ts";
import { apiKeys } from "./tables.ts";

/** The sort key of an API key in its list: newest first, by id within a millisecond. */
export type KeyPlace = readonly [createdAtMs: number, keyId: string];

const KEY = sql`key_id AS "keyId", name, rights, expires_at_ms AS "expiresAtMs", revoked_at_ms AS "revokedAtMs",
  last_used_at_ms AS "lastUsedAtMs", created_by AS "createdBy", created_at_ms AS "createdAtMs"`;

type KeyRow = Omit<ApiKey, "rights"> & { rights: string };

function toKey(key: KeyRow): ApiKey {
  return { ...key, rights: JSON.parse(key.rights) as ApiKey["rights"] };
}

/** A key by its hash or id, valid or not. */
export function findKey(by: { keyHash: string } | { keyId: string }): Query<ApiKey | undefined> {
  const which = "keyHash" in by ? sql`key_hash = ${by.keyHash}` : sql`key_id = ${by.keyId}`;
  const query = row<KeyRow>(sql`SELECT ${KEY} FROM ${apiKeys} WHERE ${which}`);
  return {
    statement: query.statement,
    read: (result) => {
      const key = query.read(result);
      return key && toKey(key);
    },
  };
}

/** A page of the keys, newest first; reads two rows for each. */
export function findKeyWindow(after: KeyPlace | undefined, size: number): Query<ApiKey[]> {
  const where = after ? sql`WHERE (created_at_ms, key_id) < (CAST(${after[0]} AS INTEGER), ${after[1]})` : sql``;
  const query = rows<KeyRow>(sql`SELECT ${KEY} FROM ${apiKeys} ${where} ORDER BY created_at_ms DESC, key_id DESC LIMIT ${size}`);
  return { statement: query.statement, read: (result) => query.read(result).map(toKey) };
}

export function insertKey(key: ApiKey, keyHash: string): Query<number> {
  return write(sql`
    INSERT INTO ${apiKeys} (key_id, key_hash, name, rights, expires_at_ms, revoked_at_ms, last_used_at_ms, created_by, created_at_ms)
    VALUES (${key.keyId}, ${keyHash}, ${key.name}, ${JSON.stringify(key.rights)}, ${key.expiresAtMs}, ${key.revokedAtMs},
      ${key.lastUsedAtMs}, ${key.createdBy}, ${key.createdAtMs})`);
}

/** Revokes a key; a revoked one keeps its time. */
export function revokeKey(keyId: string, nowMs: number): Query<number> {
  return write(sql`UPDATE ${apiKeys} SET revoked_at_ms = ${nowMs} WHERE key_id = ${keyId} AND revoked_at_ms IS NULL`);
}

/** Records the use of a key, unless one since `beforeMs` is recorded. */
export function touchKey(keyId: string, beforeMs: number, nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${apiKeys} SET last_used_at_ms = ${nowMs}
    WHERE key_id = ${keyId} AND (last_used_at_ms IS NULL OR last_used_at_ms <= ${beforeMs})`);
}
