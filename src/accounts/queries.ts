import { type SQL, sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import type { PasswordHash, User, UserFields } from "./rules/user.ts";
import { users } from "./tables.ts";

/** The sort key of a user in their list: newest first, by id within a millisecond. */
export type UserKey = readonly [createdAtMs: number, userId: string];

const USER = sql`user_id AS "userId", email, nullif(name, '') AS "name", role, tier, status,
  created_at_ms AS "createdAtMs", updated_at_ms AS "updatedAtMs"`;

/** A user, deleted or not. */
export function findUser(userId: string): Query<User | undefined> {
  return row(sql`SELECT ${USER} FROM ${users} WHERE user_id = ${userId}`);
}

/** An active user's id with the password's hash, which must not leave the password check. */
export function findSignIn(by: { email: string } | { userId: string }): Query<(PasswordHash & { userId: string }) | undefined> {
  const which = "email" in by ? sql`email = ${by.email}` : sql`user_id = ${by.userId}`;
  return row(sql`
    SELECT user_id AS "userId", password_hash AS "hash", password_salt AS "salt", password_parameters AS "parameters"
    FROM ${users} WHERE ${which} AND status = 'active'`);
}

/**
 * A page of the users, newest first; reads two rows for each.
 * @param filter `email` matches exactly
 */
export function findUserWindow(filter: { email?: string | undefined }, after: UserKey | undefined, size: number): Query<User[]> {
  const conditions: SQL[] = [];
  if (filter.email !== undefined) conditions.push(sql`email = ${filter.email}`);
  if (after) conditions.push(sql`(created_at_ms, user_id) < (CAST(${after[0]} AS INTEGER), ${after[1]})`);
  const where = conditions.length > 0 ? sql`WHERE ${sql.join(conditions, sql` AND `)}` : sql``;
  return rows(sql`SELECT ${USER} FROM ${users} ${where} ORDER BY created_at_ms DESC, user_id DESC LIMIT ${size}`);
}

/** Writes a new user; the unique index admits one of two with the same e-mail. */
export function insertUser(user: User, { hash, salt, parameters }: PasswordHash): Query<number> {
  return write(sql`
    INSERT INTO ${users} (user_id, email, name, role, tier, status, password_hash, password_salt, password_parameters,
      created_at_ms, updated_at_ms)
    VALUES (${user.userId}, ${user.email}, ${user.name}, ${user.role}, ${user.tier}, ${user.status}, ${hash}, ${salt}, ${parameters},
      ${user.createdAtMs}, ${user.updatedAtMs})`);
}

/**
 * Changes a user who is still as read. If somebody else changed the user since, `updated_at_ms` becomes NULL, so that NOT NULL fails
 * the whole batch.
 */
export function updateUser(read: User, { name, role, tier }: UserFields, updatedAtMs: number): Query<number> {
  return write(sql`
    UPDATE ${users} SET name = ${name}, role = ${role}, tier = ${tier}, updated_at_ms = ${unlessChanged(read, updatedAtMs)}
    WHERE user_id = ${read.userId}`);
}

/** Erases the personal data of a user, with the guard of `updateUser`; the row stays. A trigger erases the addresses. */
export function eraseUser(read: User, updatedAtMs: number): Query<number> {
  return write(sql`
    UPDATE ${users} SET email = NULL, name = '', status = 'deleted', password_hash = NULL, password_salt = NULL,
      password_parameters = NULL, updated_at_ms = ${unlessChanged(read, updatedAtMs)}
    WHERE user_id = ${read.userId}`);
}

function unlessChanged(read: User, updatedAtMs: number): SQL {
  return sql`iif(updated_at_ms = ${read.updatedAtMs}, ${updatedAtMs}, NULL)`;
}

/** Changes a password. If it is no longer the one that was checked, `updated_at_ms` becomes NULL, so that the batch fails. */
export function updatePassword(userId: string, checkedHash: string, next: PasswordHash, nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${users} SET password_hash = ${next.hash}, password_salt = ${next.salt}, password_parameters = ${next.parameters},
      updated_at_ms = iif(password_hash = ${checkedHash} AND status = 'active', max(updated_at_ms + 1, CAST(${nowMs} AS INTEGER)), NULL)
    WHERE user_id = ${userId}`);
}
