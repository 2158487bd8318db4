import { type SQL, sql } from "drizzle-orm";
import { products, variants } from "../catalog/tables.ts";
import { type Query, row, rows, write } from "../db/client.ts";
import type { TimeKey } from "../rules/page.ts";
import { type RowOf, RULE_FIELDS } from "./queries.ts";
import type { StoredRule } from "./rules/rule-fields.ts";
import { pricingRules } from "./tables.ts";

/** The most active rules of a shop, because every price evaluates all of them. */
export const MAX_RULES = 500;

const STORED_FIELDS = [...RULE_FIELDS, "used", "createdAtMs", "updatedAtMs"] as const;

const column = (field: keyof StoredRule) => sql.identifier(pricingRules[field].name);

const STORED = sql.join(
  STORED_FIELDS.map((field) => sql`${column(field)} AS ${sql.identifier(field)}`),
  sql`, `,
);

/** A rule with its number of uses. */
export function findRule(ruleId: string): Query<StoredRule | undefined> {
  const found = row<RowOf<StoredRule>>(sql`SELECT ${STORED} FROM ${pricingRules} WHERE rule_id = ${ruleId}`);
  return {
    statement: found.statement,
    read: (result) => {
      const one = found.read(result);
      return one && toStored(one);
    },
  };
}

/** Reads the rules that were created before a key, newest first. */
export function findRuleWindow(before: TimeKey, size: number): Query<StoredRule[]> {
  const found = rows<RowOf<StoredRule>>(sql`
    SELECT ${STORED} FROM ${pricingRules} WHERE (created_at_ms, rule_id) < (CAST(${before.atMs} AS INTEGER), ${before.id})
    ORDER BY created_at_ms DESC, rule_id DESC LIMIT ${size}`);
  return { statement: found.statement, read: (result) => found.read(result).map(toStored) };
}

function toStored({ stackable, isActive, freeDelivery, ...rule }: RowOf<StoredRule>): StoredRule {
  return { ...rule, stackable: stackable === 1, isActive: isActive === 1, freeDelivery: freeDelivery === 1 };
}

/** The catalogue's data on the product and variant that a rule targets. */
export interface RuleTarget {
  hasProduct: 0 | 1;
  /** The variant's product; null where there is no such variant. */
  variantOf: string | null;
}

export function findRuleTarget({
  productId,
  variantId,
}: Pick<StoredRule, "productId" | "variantId">): Query<RuleTarget | undefined> {
  return row(sql`
    SELECT EXISTS (SELECT 1 FROM ${products} WHERE product_id = ${productId}) AS "hasProduct",
      (SELECT product_id FROM ${variants} WHERE variant_id = ${variantId}) AS "variantOf"`);
}

/** Inserts a rule. If it is active and the shop already has `MAX_RULES`, `created_at_ms` becomes NULL and fails the batch. */
export function insertRule(rule: StoredRule): Query<number> {
  const fields = STORED_FIELDS.filter((field) => field !== "createdAtMs");
  return write(sql`
    INSERT INTO ${pricingRules} (${sql.join(fields.map(column), sql`, `)}, created_at_ms)
    SELECT ${sql.join(
      fields.map((field) => sql`${bound(rule[field])}`),
      sql`, `,
    )}, ${ifBelowLimit(rule.isActive, sql`CAST(${rule.createdAtMs} AS INTEGER)`)}`);
}

/**
 * Updates the changed fields of a rule. If it is no longer as it was read, `updated_at_ms` becomes NULL and fails the batch; if it becomes
 * active and the shop already has `MAX_RULES`, `created_at_ms` does.
 */
export function updateRule(before: StoredRule, after: StoredRule): Query<number> {
  const changed = RULE_FIELDS.filter((field) => before[field] !== after[field]);
  const sets = changed.map((field) => sql`${column(field)} = ${bound(after[field])}, `);
  const isActivated = after.isActive && !before.isActive;
  return write(sql`
    UPDATE ${pricingRules} SET ${sql.join(sets)} created_at_ms = ${ifBelowLimit(isActivated, sql`created_at_ms`)},
      updated_at_ms = iif(updated_at_ms = ${before.updatedAtMs}, ${after.updatedAtMs}, NULL)
    WHERE rule_id = ${before.ruleId}`);
}

/** Deletes a rule that is still as it was read. The counts of its customers stay, unused. */
export function deleteRule({ ruleId, updatedAtMs }: StoredRule): Query<number> {
  return write(sql`DELETE FROM ${pricingRules} WHERE rule_id = ${ruleId} AND updated_at_ms = ${updatedAtMs}`);
}

function ifBelowLimit(isActivated: boolean, value: SQL): SQL {
  if (!isActivated) return value;
  return sql`iif((SELECT count(*) FROM ${pricingRules} a INDEXED BY pricing_rules_active WHERE a.is_active = 1) < ${MAX_RULES}, ${value}, NULL)`;
}

function bound(value: string | number | boolean | null): string | number | null {
  return typeof value === "boolean" ? Number(value) : value;
}
