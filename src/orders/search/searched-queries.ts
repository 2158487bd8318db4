import { type SQL, sql } from "drizzle-orm";
import { type Query, rows } from "../../db/client.ts";
import type { TimeKey } from "../../rules/page.ts";
import { shipments } from "../history-tables.ts";
import type { Searched } from "../rules/search.ts";
import { orderItems, orders } from "../tables.ts";

/** An order with what a search looks in, as its rows have it. */
export interface SearchedRow extends Searched, TimeKey {
  updatedAtMs: number;
}

/** What `searchedLists` reads: JSON arrays of texts. */
export type StoredLists = Record<"skus" | "trackingNumbers", string>;

/** The columns of the SKUs and the tracking numbers of an order. */
export function searchedLists(orderId: SQL): SQL {
  return sql`
    (SELECT json_group_array(sku) FROM ${orderItems} i WHERE i.order_id = ${orderId}) AS "skus",
    (SELECT json_group_array(tracking_number) FROM ${shipments} s WHERE s.order_id = ${orderId} AND tracking_number IS NOT NULL)
      AS "trackingNumbers"`;
}

/** Parses what `searchedLists` read. */
export function toLists({ skus, trackingNumbers }: StoredLists): Pick<Searched, "skus" | "trackingNumbers"> {
  return { skus: JSON.parse(skus) as string[], trackingNumbers: JSON.parse(trackingNumbers) as string[] };
}

/** Reads the orders of a window, newest first, with what a search looks in. @param seen selects `created_at_ms` and `order_id` */
export function readSearched(seen: SQL): Query<SearchedRow[]> {
  const found = rows<Omit<SearchedRow, keyof StoredLists> & StoredLists>(sql`
    SELECT o.created_at_ms AS "atMs", o.order_id AS "id", o.order_id AS "orderId", o.customer_name AS "customerName",
      o.customer_email AS "customerEmail", o.customer_phone AS "customerPhone", o.updated_at_ms AS "updatedAtMs",
      ${searchedLists(sql`o.order_id`)}
    FROM (${seen}) seen CROSS JOIN ${orders} o ON o.order_id = seen.order_id
    ORDER BY seen.created_at_ms DESC, seen.order_id DESC`);
  return { statement: found.statement, read: (result) => found.read(result).map((each) => ({ ...each, ...toLists(each) })) };
}
