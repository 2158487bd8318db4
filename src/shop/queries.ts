import { sql } from "drizzle-orm";
import { type Query, row, write } from "../db/client.ts";
import type { CurrencyRecord } from "./rules/currency-record.ts";
import { shopCurrency } from "./tables.ts";

/** Finds in what the shop's amounts are stored. */
export function findCurrency(): Query<CurrencyRecord | undefined> {
  return row(sql`SELECT currency, decimals FROM ${shopCurrency}`);
}

/** Whether D1 has an amount that an earlier release may have stored. Tables of later slices, named here because this is asked once in a shop's life. */
export function hasAmounts(): Query<{ found: 0 | 1 } | undefined> {
  return row(sql`
    SELECT EXISTS (SELECT 1 FROM products) OR EXISTS (SELECT 1 FROM orders) OR EXISTS (SELECT 1 FROM pricing_rules)
      OR EXISTS (SELECT 1 FROM delivery_methods WHERE cost_minor > 0) AS found`);
}

/** Records it, unless another isolate has. */
export function insertCurrency({ currency, decimals }: CurrencyRecord, nowMs: number): Query<number> {
  return write(sql`
    INSERT INTO ${shopCurrency} (id, currency, decimals, at_ms) VALUES (1, ${currency}, ${decimals}, ${nowMs}) ON CONFLICT DO NOTHING`);
}
