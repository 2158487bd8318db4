import { type SQL, sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../../db/client.ts";
import { type BookAddress, versionOfBook } from "../rules/address-book.ts";
import { addresses, users } from "../tables.ts";

type AddressRow = Omit<BookAddress, "isDefault"> & { isDefault: 0 | 1 };

const ADDRESS = sql`address_id AS "addressId", label, name, phone, line1, line2, city, region, postal_code AS "postalCode", country,
  is_default AS "isDefault", created_at_ms AS "createdAtMs", updated_at_ms AS "updatedAtMs"`;

function toAddress(stored: AddressRow): BookAddress {
  return { ...stored, isDefault: stored.isDefault === 1 };
}

/** All addresses of an account. */
export function findBook(userId: string): Query<BookAddress[]> {
  const found = rows<AddressRow>(sql`SELECT ${ADDRESS} FROM ${addresses} WHERE user_id = ${userId}`);
  return { statement: found.statement, read: (result) => found.read(result).map(toAddress) };
}

/** One address of an account. */
export function findAddress(userId: string, addressId: string): Query<BookAddress | undefined> {
  const found = row<AddressRow>(sql`SELECT ${ADDRESS} FROM ${addresses} WHERE user_id = ${userId} AND address_id = ${addressId}`);
  return {
    statement: found.statement,
    read: (result) => {
      const one = found.read(result);
      return one && toAddress(one);
    },
  };
}

/**
 * The guard of every change of a book, before the change in its batch: where the book is no longer as it was read, or its owner was deleted,
 * a NOT NULL column becomes NULL, so that the whole batch fails.
 */
export function guardBook(userId: string, read: readonly BookAddress[]): Query<number> {
  const now = sql`(
    SELECT json_group_array(json_array(address_id, updated_at_ms) ORDER BY address_id) FROM ${addresses} WHERE user_id = ${userId})`;
  return write(sql`
    UPDATE ${users} SET updated_at_ms = iif(status = 'active' AND ${now} = ${versionOfBook(read)}, updated_at_ms, NULL)
    WHERE user_id = ${userId}`);
}

/** Takes the default away from the address that is it. */
export function clearDefault(userId: string, nowMs: number): Query<number> {
  return write(sql`UPDATE ${addresses} SET is_default = 0, ${later(nowMs)} WHERE user_id = ${userId} AND is_default = 1`);
}

/** Makes an address the default, where none is. */
export function setDefault(userId: string, addressId: string, nowMs: number): Query<number> {
  return write(
    sql`UPDATE ${addresses} SET is_default = 1, ${later(nowMs)} WHERE user_id = ${userId} AND address_id = ${addressId}`,
  );
}

/** Two changes within one millisecond still get different times, which the guard relies on. */
function later(nowMs: number): SQL {
  return sql`updated_at_ms = max(updated_at_ms + 1, CAST(${nowMs} AS INTEGER))`;
}

/** Writes an address as it is now. */
export function upsertAddress(userId: string, address: BookAddress): Query<number> {
  const { addressId, label, name, phone, line1, line2, city, region, postalCode, country, isDefault } = address;
  return write(sql`
    INSERT INTO ${addresses} (user_id, address_id, label, name, phone, line1, line2, city, region, postal_code, country, is_default,
      created_at_ms, updated_at_ms)
    VALUES (${userId}, ${addressId}, ${label}, ${name}, ${phone}, ${line1}, ${line2}, ${city}, ${region}, ${postalCode}, ${country},
      ${Number(isDefault)}, CAST(${address.createdAtMs} AS INTEGER), CAST(${address.updatedAtMs} AS INTEGER))
    ON CONFLICT (user_id, address_id) DO UPDATE SET label = excluded.label, name = excluded.name, phone = excluded.phone,
      line1 = excluded.line1, line2 = excluded.line2, city = excluded.city, region = excluded.region,
      postal_code = excluded.postal_code, country = excluded.country, is_default = excluded.is_default,
      updated_at_ms = excluded.updated_at_ms`);
}

export function deleteAddress(userId: string, addressId: string): Query<number> {
  return write(sql`DELETE FROM ${addresses} WHERE user_id = ${userId} AND address_id = ${addressId}`);
}
