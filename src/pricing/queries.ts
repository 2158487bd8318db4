import { type SQL, sql } from "drizzle-orm";
import { type Query, row, write } from "../db/client.ts";
import { rowJson } from "../db/json.ts";
import type { PriceList, PricingRule, RuleUse } from "./rules/pricing-rule.ts";
import { pricingRules, pricingState, ruleCustomers, taxRates } from "./tables.ts";

/** Which uses of limited rules to read. */
export interface UsesRequest {
  /** In upper case; for a cart, SQL that selects a JSON array. */
  promoCodes: readonly string[] | SQL;
  /** Null for a guest, who has no uses; for a cart, SQL. */
  customerId: string | null | SQL;
}

/** The price list is absent where the caller's version is current. */
interface PricingData {
  list: PriceList | undefined;
  uses: Map<string, RuleUse>;
}

/**
 * Reads all that prices depend on in one statement, so that it fits into any batch. It reads one row, up to three for each limited rule
 * that could apply, and the rules and tax rates only if they changed.
 * @param knownVersion the version of the cached list
 */
export function findPrices(knownVersion: number | undefined, request: UsesRequest): Query<PricingData> {
  const ifChanged = (json: SQL) => sql`CASE WHEN s.version <> ${knownVersion ?? 0} THEN ${json} END`;
  const found = row<{ version: number; rules: string | null; taxes: string | null; uses: string }>(sql`
    SELECT s.version AS "version", ${ifChanged(RULES_JSON)} AS "rules", ${ifChanged(TAXES_JSON)} AS "taxes",
      ${usesJson(request)} AS "uses"
    FROM ${pricingState} s WHERE s.id = 1`);
  return {
    statement: found.statement,
    read: (result) => {
      const { version, rules, taxes, uses } = found.read(result) ?? noState();
      const used = JSON.parse(uses) as [string, number, number][];
      return {
        list: rules === null || taxes === null ? undefined : { version, rules: toRules(rules), taxes: toTaxes(taxes) },
        uses: new Map(used.map(([ruleId, all, byCustomer]) => [ruleId, { used: all, usedByCustomer: byCustomer }])),
      };
    },
  };
}

/** The members of `PricingRule`, each with its own column. */
export const RULE_FIELDS = [
  ...(["ruleId", "name", "type", "productId", "variantId", "category", "minQuantity", "maxQuantity", "userTier"] as const),
  ...(["promoCode", "startAtMs", "endAtMs", "minSubtotalMinor", "buyQuantity", "getQuantity", "discountType"] as const),
  ...([
    "discountValue",
    "appliesTo",
    "freeDelivery",
    "priority",
    "stackable",
    "isActive",
    "usageLimit",
    "usageLimitPerCustomer",
  ] as const),
] satisfies (keyof PricingRule)[];

const RULES_JSON = sql`(
  SELECT json_group_array(json_array(${sql.join(
    RULE_FIELDS.map((field) => pricingRules[field]),
    sql`, `,
  )})) FROM ${pricingRules} INDEXED BY pricing_rules_active WHERE is_active = 1)`;

const TAXES_JSON = sql`(SELECT json_group_array(${rowJson(taxRates)}) FROM ${taxRates})`;

/** Written exactly like the conditions of the index, or SQLite does not use it. */
const IS_LIMITED = sql`is_active = 1 AND (usage_limit IS NOT NULL OR usage_limit_per_customer IS NOT NULL)`;

function usesJson({ promoCodes, customerId }: UsesRequest): SQL {
  const limited = (from: SQL, promoCode: SQL) => sql`
    SELECT rule_id, used FROM ${from}${pricingRules} INDEXED BY pricing_rules_limited WHERE ${IS_LIMITED} AND promo_code ${promoCode}`;
  const isList = Array.isArray(promoCodes);
  const codes = isList ? JSON.stringify([...new Set(promoCodes)]) : promoCodes;
  const byCode = sql`UNION ALL ${limited(sql`json_each(${codes}) w CROSS JOIN `, sql`= w.value`)}`;
  const byCustomer =
    customerId === null
      ? sql`0`
      : sql`coalesce((SELECT c.used FROM ${ruleCustomers} c WHERE c.rule_id = r.rule_id AND c.customer_id = ${customerId}), 0)`;
  return sql`(
    SELECT json_group_array(json_array(r.rule_id, r.used, ${byCustomer})) FROM (
      ${limited(sql``, sql`IS NULL`)} ${isList && promoCodes.length === 0 ? sql`` : byCode}) r)`;
}

type Flags = "stackable" | "isActive" | "freeDelivery";

/** A rule as D1 returns it. */
export type RowOf<R extends PricingRule> = Omit<R, Flags> & Record<Flags, 0 | 1>;

function toRules(json: string): PricingRule[] {
  const found = JSON.parse(json) as unknown[][];
  return found.map((values) =>
    toRule(Object.fromEntries(RULE_FIELDS.map((field, index) => [field, values[index]])) as RowOf<PricingRule>),
  );
}

function toRule({ stackable, isActive, freeDelivery, ...rule }: RowOf<PricingRule>): PricingRule {
  return { ...rule, stackable: stackable === 1, isActive: isActive === 1, freeDelivery: freeDelivery === 1 };
}

function toTaxes(json: string): PriceList["taxes"] {
  return JSON.parse(json) as PriceList["taxes"];
}

/** The migration inserts the row, and nothing deletes it. */
function noState(): never {
  throw new Error("pricing_state has no row");
}

/** The constraint that fails where nothing was changed; see `bumpVersion`. */
export const NOTHING_CHANGED = "pricing_state.version";

/**
 * Invalidates the cached rules and tax rates of every isolate. It must follow the statement that changes them: if that changed no row,
 * because its record is gone or not as it was read, the version becomes NULL and the whole batch fails. Versions follow the clock, so that
 * none repeats after the database was restored to an earlier state.
 */
export function bumpVersion(nowMs: number): Query<number> {
  return write(
    sql`UPDATE ${pricingState} SET version = iif(changes() > 0, max(version + 1, CAST(${nowMs} AS INTEGER)), NULL) WHERE id = 1`,
  );
}
