import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { TIERS } from "../rules/rights.ts";
import { APPLIES_TO, DISCOUNT_TYPES, RULE_TYPES } from "./rules/pricing-rule.ts";

/** Discount rules. `used` counts orders, each in its own batch; the CHECK fails the order that would exceed the limit. */
export const pricingRules = sqliteTable(
  "pricing_rules",
  {
    ruleId: text("rule_id").primaryKey(),
    name: text("name").notNull(),
    type: text("type", { enum: RULE_TYPES }).notNull(),
    productId: text("product_id"),
    variantId: text("variant_id"),
    category: text("category"),
    minQuantity: integer("min_quantity"),
    maxQuantity: integer("max_quantity"),
    userTier: text("user_tier", { enum: TIERS }),
    /** In upper case. */
    promoCode: text("promo_code"),
    startAtMs: integer("start_at_ms"),
    endAtMs: integer("end_at_ms"),
    minSubtotalMinor: integer("min_subtotal_minor"),
    buyQuantity: integer("buy_quantity"),
    getQuantity: integer("get_quantity"),
    discountType: text("discount_type", { enum: DISCOUNT_TYPES }).notNull(),
    /** Basis points of a percentage; minor units of an amount. */
    discountValue: integer("discount_value").notNull(),
    appliesTo: text("applies_to", { enum: APPLIES_TO }).notNull().default("base"),
    freeDelivery: integer("free_delivery").notNull().default(0),
    priority: integer("priority").notNull(),
    stackable: integer("stackable").notNull(),
    isActive: integer("is_active").notNull(),
    usageLimit: integer("usage_limit"),
    usageLimitPerCustomer: integer("usage_limit_per_customer"),
    used: integer("used").notNull().default(0),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    index("pricing_rules_created").on(table.createdAtMs),
    index("pricing_rules_active")
      .on(table.ruleId)
      .where(sql`is_active = 1`),
    index("pricing_rules_limited")
      .on(table.promoCode)
      .where(sql`is_active = 1 AND (usage_limit IS NOT NULL OR usage_limit_per_customer IS NOT NULL)`),
    check("pricing_rules_used", sql`used >= 0 AND (usage_limit IS NULL OR used <= usage_limit)`),
  ],
);

/** Uses of a rule with a limit per customer. `most` is the limit at the last use. */
export const ruleCustomers = sqliteTable(
  "rule_customers",
  {
    ruleId: text("rule_id").notNull(),
    customerId: text("customer_id").notNull(),
    used: integer("used").notNull(),
    most: integer("most").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.ruleId, table.customerId] }),
    check("rule_customers_used", sql`used >= 0 AND used <= most`),
  ],
);

/** One row, whose version grows with every change of rules and tax rates, so that an isolate knows whether its cache is current. */
export const pricingState = sqliteTable("pricing_state", {
  id: integer("id").primaryKey(),
  version: integer("version").notNull(),
});

/** Tax rates of a destination, in basis points; an empty category is the country's default. */
export const taxRates = sqliteTable(
  "tax_rates",
  {
    country: text("country").notNull(),
    category: text("category").notNull(),
    rateBps: integer("rate_bps").notNull(),
  },
  (table) => [primaryKey({ columns: [table.country, table.category] })],
);
