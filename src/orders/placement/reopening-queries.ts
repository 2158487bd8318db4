import { type SQL, sql } from "drizzle-orm";
import { products } from "../../catalog/tables.ts";
import { type Query, rows } from "../../db/client.ts";
import type { PricingRule } from "../../pricing/rules/pricing-rule.ts";
import { pricingRules, ruleCustomers } from "../../pricing/tables.ts";
import type { Order } from "../rules/order.ts";

/** A limited rule that an order has, and whether others have taken its last use. */
export interface LimitedRule extends Pick<PricingRule, "ruleId" | "name" | "usageLimit" | "usageLimitPerCustomer"> {
  isUsedUp: boolean;
}

/** Finds the limited rules of an order. A rule that was deleted since counts no use. */
export function findLimitedRules({ items, userId }: Pick<Order, "items" | "userId">): Query<LimitedRule[]> {
  const ruleIds = new Set(items.flatMap(({ discounts }) => discounts.map(({ ruleId }) => ruleId)));
  const query = rows<Omit<LimitedRule, "isUsedUp"> & { isUsedUp: 0 | 1 }>(sql`
    SELECT r.rule_id AS "ruleId", r.name, r.usage_limit AS "usageLimit", r.usage_limit_per_customer AS "usageLimitPerCustomer",
      coalesce(r.used >= r.usage_limit, false) OR coalesce((SELECT c.used >= r.usage_limit_per_customer
        FROM ${ruleCustomers} c WHERE c.rule_id = r.rule_id AND c.customer_id = ${userId}), false) AS "isUsedUp"
    FROM ${listed([...ruleIds])} CROSS JOIN ${pricingRules} r ON r.rule_id = given.value
    WHERE r.usage_limit IS NOT NULL OR r.usage_limit_per_customer IS NOT NULL`);
  return {
    statement: query.statement,
    read: (result) => query.read(result).map((rule) => ({ ...rule, isUsedUp: rule.isUsedUp === 1 })),
  };
}

export interface NamedProduct {
  productId: string;
  name: string;
  maxPerCustomer: number | null;
}

/** Finds the names of products, and how many units one customer may buy. */
export function findProducts(productIds: readonly string[]): Query<NamedProduct[]> {
  return rows(sql`
    SELECT p.product_id AS "productId", p.name, p.max_per_customer AS "maxPerCustomer"
    FROM ${listed(productIds)} CROSS JOIN ${products} p ON p.product_id = given.value`);
}

function listed(texts: readonly string[]): SQL {
  return sql`json_each(${JSON.stringify(texts)}) AS given`;
}
