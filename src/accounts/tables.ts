import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ROLES, TIERS } from "../rules/rights.ts";

/** Customers, staff and admins. A deleted user keeps the row, with its name, e-mail and password erased. */
export const users = sqliteTable(
  "users",
  {
    userId: text("user_id").primaryKey(),
    /** In lower case; NULL once deleted, which frees it. */
    email: text("email"),
    name: text("name").notNull(),
    role: text("role", { enum: ROLES }).notNull(),
    tier: text("tier", { enum: TIERS }).notNull(),
    status: text("status", { enum: ["active", "deleted"] }).notNull(),
    passwordHash: text("password_hash"),
    passwordSalt: text("password_salt"),
    /** Algorithm and cost, such as `pbkdf2-sha256:100000`, so that both can be raised later. */
    passwordParameters: text("password_parameters"),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    uniqueIndex("users_email")
      .on(table.email)
      .where(sql`email IS NOT NULL`),
    index("users_created").on(table.createdAtMs),
  ],
);

/** The address book of each user. A trigger erases it with the user's account. */
export const addresses = sqliteTable(
  "addresses",
  {
    userId: text("user_id").notNull(),
    addressId: text("address_id").notNull(),
    label: text("label"),
    name: text("name"),
    phone: text("phone"),
    line1: text("line1").notNull(),
    line2: text("line2"),
    city: text("city").notNull(),
    region: text("region"),
    postalCode: text("postal_code"),
    country: text("country").notNull(),
    isDefault: integer("is_default").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.addressId] }),
    uniqueIndex("addresses_default")
      .on(table.userId)
      .where(sql`is_default = 1`),
  ],
);

/** Refresh tokens by their SHA-256. Each sign-in starts a family; reuse of a token revokes its family. */
export const refreshTokens = sqliteTable(
  "refresh_tokens",
  {
    tokenHash: text("token_hash").primaryKey(),
    familyId: text("family_id").notNull(),
    userId: text("user_id").notNull(),
    status: text("status", { enum: ["live", "used", "revoked"] }).notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [
    index("refresh_tokens_family")
      .on(table.familyId)
      .where(sql`status = 'live'`),
    index("refresh_tokens_user")
      .on(table.userId)
      .where(sql`status = 'live'`),
    index("refresh_tokens_expiry").on(table.expiresAtMs),
  ],
);

/** API keys by their SHA-256. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    keyId: text("key_id").primaryKey(),
    keyHash: text("key_hash").notNull().unique(),
    name: text("name").notNull(),
    /** JSON array of actions. */
    rights: text("rights").notNull(),
    expiresAtMs: integer("expires_at_ms"),
    revokedAtMs: integer("revoked_at_ms"),
    lastUsedAtMs: integer("last_used_at_ms"),
    createdBy: text("created_by").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [index("api_keys_created").on(table.createdAtMs)],
);
