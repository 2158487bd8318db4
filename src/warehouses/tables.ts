import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Warehouses. `position` is their fixed order, used if a customer's location is unknown. */
export const warehouses = sqliteTable("warehouses", {
  warehouseId: text("warehouse_id").primaryKey(),
  position: integer("position").notNull(),
  name: text("name").notNull(),
  status: text("status", { enum: ["active", "archived"] }).notNull(),
  country: text("country").notNull(),
  postalCode: text("postal_code").notNull(),
  latitude: real("latitude").notNull(),
  longitude: real("longitude").notNull(),
  allowsSelfService: integer("allows_self_service").notNull(),
  /** JSON array of prefixes. */
  servedPostalCodes: text("served_postal_codes").notNull(),
  /** JSON array of country codes. */
  shipsTo: text("ships_to").notNull(),
  /** How often the row was changed; a trigger counts, so that older releases count too. */
  revision: integer("revision").notNull().default(0),
});

/** The fixed cost and standard time of each delivery method. */
export const deliveryMethods = sqliteTable("delivery_methods", {
  method: text("method", { enum: ["self_service", "curbside", "in_door"] }).primaryKey(),
  name: text("name").notNull(),
  costMinor: integer("cost_minor").notNull(),
  days: integer("days").notNull(),
  /** 1 where an order by it has to say where it goes. */
  requiresAddress: integer("requires_address").notNull().default(0),
});

/**
 * The locations of postal codes, which are stored normalised: upper case, letters and digits only, and a blank in British sectors. D1 has
 * a column `match_key` too, which it computes: see `postalKeySql`.
 */
export const postalCodes = sqliteTable(
  "postal_codes",
  {
    country: text("country").notNull(),
    code: text("code").notNull(),
    latitude: real("latitude").notNull(),
    longitude: real("longitude").notNull(),
  },
  (table) => [primaryKey({ columns: [table.country, table.code] })],
);
