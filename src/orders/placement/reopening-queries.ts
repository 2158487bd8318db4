import { type SQL, sql } from "drizzle-orm";
import { products } from "../../catalog/tables.ts";
import { type Query, rows } from "../../db/client.ts";
import { pricingRules, ruleCustomers } from "../../pricing/tables.ts";
import type { Order } from "../rules/order.ts";

/** A limited rule that discounts an order, and how often it was used by others. */
export interface UsedRule {
  ruleId: string;
  name: string;
  isPerCustomer: boolean;
  isUsedUp: boolean;
}

/** Finds the limited rules that discount what an order still has. A rule that was deleted since counts no use. */
export function findUsedRules({ items, userId }: Pick<Order, "items" | "userId">): Query<UsedRule[]> {
  const kept = items.filter(({ quantity, cancelled }) => cancelled < quantity);
  const ruleIds = new Set(kept.flatMap(({ discounts }) => discounts.map(({ ruleId }) => ruleId)));
  const query = rows<Omit<UsedRule, "isPerCustomer" | "isUsedUp"> & { isPerCustomer: 0 | 1; isUsedUp: 0 | 1 }>(sql`
    SELECT r.rule_id AS "ruleId", r.name, r.usage_limit_per_customer IS NOT NULL AS "isPerCustomer",
      coalesce(r.used >= r.usage_limit, false) OR coalesce((SELECT c.used >= r.usage_limit_per_customer
        FROM ${ruleCustomers} c WHERE c.rule_id = r.rule_id AND c.customer_id = ${userId}), false) AS "isUsedUp"
    FROM ${listed([...ruleIds])} CROSS JOIN ${pricingRules} r ON r.rule_id = given.value
    WHERE r.usage_limit IS NOT NULL OR r.usage_limit_per_customer IS NOT NULL`);
  return {
    statement: query.statement,
    read: (result) =>
      query.read(result).map((rule) => ({ ...rule, isPerCustomer: rule.isPerCustomer === 1, isUsedUp: rule.isUsedUp === 1 })),
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
