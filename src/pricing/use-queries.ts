import { type SQL, sql } from "drizzle-orm";
import { type Query, write } from "../db/client.ts";
import type { CountedUse } from "./rules/bill.ts";
import { pricingRules, ruleCustomers } from "./tables.ts";

/** The CHECKs that fail a batch whose use would exceed a limit. */
export const USE_LIMIT_CHECKS: ReadonlySet<string> = new Set(["pricing_rules_used", "rule_customers_used"]);

/** D1 takes 100 parameters per statement. Single parameters read one row less than a JSON list. */
const USES_PER_STATEMENT = 50;

/** Counts the uses of an order, in the batch that records it. No uses, no statements. */
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

/** A rule whose limit was removed since the quote allows one use more; the next order is priced by the changed rule. */
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

/** Returns the uses of an order, in the batch that ends it. No uses, no statements. */
export function returnUsesOf(uses: readonly CountedUse[]): Query<number>[] {
  if (uses.length === 0) return [];
  return returnUses(sql`
    SELECT value->>'ruleId' AS rule_id, value->>'customerId' AS customer_id FROM json_each(${JSON.stringify(uses)})`);
}

/** Returns uses to their rules. @param uses a SELECT of `rule_id` and `customer_id`, one row per use */
export function returnUses(uses: SQL): [Query<number>, Query<number>] {
  return [
    write(sql`
      UPDATE ${pricingRules} SET used = max(used - returned.uses, 0)
      FROM (SELECT rule_id, count(*) AS uses FROM (${uses}) GROUP BY rule_id) returned
      WHERE pricing_rules.rule_id = returned.rule_id`),
    write(sql`
      UPDATE ${ruleCustomers} SET used = max(used - returned.uses, 0)
      FROM (SELECT rule_id, customer_id, count(*) AS uses FROM (${uses}) WHERE customer_id IS NOT NULL GROUP BY rule_id, customer_id) returned
      WHERE rule_customers.rule_id = returned.rule_id AND rule_customers.customer_id = returned.customer_id`),
  ];
}
