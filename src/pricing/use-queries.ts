import { type SQL, sql } from "drizzle-orm";
import { type Query, write } from "../db/client.ts";
import type { CountedUse } from "./rules/bill.ts";
import { pricingRules, ruleCustomers } from "./tables.ts";

/** The CHECKs that fail a batch in which a use would be one too many. */
export const USE_LIMIT_CHECKS: ReadonlySet<string> = new Set(["pricing_rules_used", "rule_customers_used"]);

/** Of a statement's parameters D1 takes 100. Bound one by one they cost a row less than a list in JSON. */
const USES_PER_STATEMENT = 50;

/** Counts the uses of an order, in the batch that records it. No statements where there are none. */
export function countUses(uses: readonly CountedUse[]): Query<number>[] {
  const queries: Query<number>[] = [];
  for (let from = 0; from < uses.length; from += USES_PER_STATEMENT) {
    const counted = uses.slice(from, from + USES_PER_STATEMENT);
    queries.push(
      write(sql`UPDATE ${pricingRules} SET used = used + 1 WHERE rule_id IN (${textList(counted.map(({ ruleId }) => ruleId))})`),
    );
    const ofCustomers = counted.filter(({ customerId }) => customerId !== null);
    if (ofCustomers.length > 0) queries.push(countForCustomers(ofCustomers));
  }
  return queries;
}

/** A limit that was taken away since the quote leaves one use to each: the next order is priced by what the rule is then. */
function countForCustomers(uses: readonly CountedUse[]): Query<number> {
  const values = uses.map(({ ruleId, customerId }) => sql`(${ruleId}, ${customerId})`);
  return write(sql`
    INSERT INTO ${ruleCustomers} (rule_id, customer_id, used, most)
    SELECT rule_id, counted.column2, 1, coalesce(usage_limit_per_customer, 1)
    FROM (VALUES ${sql.join(values, sql`, `)}) counted CROSS JOIN ${pricingRules} ON rule_id = counted.column1 WHERE true
    ON CONFLICT DO UPDATE SET used = used + 1, most = excluded.most`);
}

function textList(texts: readonly string[]): SQL {
  return sql.join(
    texts.map((text) => sql`${text}`),
    sql`, `,
  );
}

/** Gives the uses of one order back, in the batch that ends it. No statements where there are none. */
export function returnUsesOf(uses: readonly CountedUse[]): Query<number>[] {
  if (uses.length === 0) return [];
  return returnUses(sql`
    SELECT value->>'ruleId' AS rule_id, value->>'customerId' AS customer_id FROM json_each(${JSON.stringify(uses)})`);
}

/** Gives uses back. @param uses a SELECT of `rule_id` and `customer_id`, a row for each use */
export function returnUses(uses: SQL): [Query<number>, Query<number>] {
  return [
    write(sql`
      UPDATE ${pricingRules} SET used = max(used - given.uses, 0)
      FROM (SELECT rule_id, count(*) AS uses FROM (${uses}) GROUP BY rule_id) given
      WHERE pricing_rules.rule_id = given.rule_id`),
    write(sql`
      UPDATE ${ruleCustomers} SET used = max(used - given.uses, 0)
      FROM (SELECT rule_id, customer_id, count(*) AS uses FROM (${uses}) WHERE customer_id IS NOT NULL GROUP BY rule_id, customer_id) given
      WHERE rule_customers.rule_id = given.rule_id AND rule_customers.customer_id = given.customer_id`),
  ];
}
