import { sql } from "drizzle-orm";
import { type Query, rows } from "../../db/client.ts";
import { rowJson } from "../../db/json.ts";
import { returns } from "../history-tables.ts";
import { type StoredHead, toHead } from "../lifecycle/history-queries.ts";
import type { OrderRow } from "../rules/order.ts";
import type { ReturnHead } from "../rules/timeline.ts";
import { orders } from "../tables.ts";

type Customer = Pick<OrderRow, "orderId" | "status" | "customerName" | "customerEmail" | "customerPhone">;

/** A return with its order. */
export interface ListedReturn {
  head: ReturnHead;
  order: Customer;
}

export interface ReturnFilter {
  status: ReturnHead["status"] | undefined;
  /** The key of the last return of the page before. */
  after: readonly [atMs: number, returnId: string] | undefined;
}

/** Finds a page of returns: those that are requested oldest first, because they wait; others newest first. Three rows are read for each. */
export function findReturns({ status, after }: ReturnFilter, limit: number): Query<ListedReturn[]> {
  const isQueue = status === "requested";
  const past = after && sql`(CAST(${after[0]} AS INTEGER), ${after[1]})`;
  const beyond = past ? sql`(at_ms, return_id) ${isQueue ? sql`>` : sql`<`} ${past}` : sql`true`;
  const order = isQueue ? sql`at_ms, return_id` : sql`at_ms DESC, return_id DESC`;
  const found = rows<Customer & { head: string }>(sql`
    SELECT ${rowJson(returns)} AS "head", o.order_id AS "orderId", o.status, o.customer_name AS "customerName",
      o.customer_email AS "customerEmail", o.customer_phone AS "customerPhone"
    FROM (
      SELECT * FROM ${returns} WHERE ${status ? sql`status = ${status}` : sql`true`} AND ${beyond} ORDER BY ${order} LIMIT ${limit}
    ) AS ${returns} CROSS JOIN ${orders} o ON o.order_id = returns.order_id
    ORDER BY ${isQueue ? sql`returns.at_ms, return_id` : sql`returns.at_ms DESC, return_id DESC`}`);
  return {
    statement: found.statement,
    read: (result) =>
      found.read(result).map(({ head, ...one }) => ({ head: toHead(JSON.parse(head) as StoredHead), order: one })),
  };
}
