import type { Deps } from "../../deps.ts";
import type { OrderRow } from "../rules/order.ts";
import type { ExactMatch, OrderFilter } from "../rules/search.ts";
import { findOrderWindow } from "./list-queries.ts";
import { searchOrders } from "./search-orders.ts";

/** `next`: the cursor of the next page; undefined on the last. */
export interface OrderList {
  orders: OrderRow[];
  next: [number, string] | undefined;
}

/**
 * Lists orders, newest first. An index finds the orders of one filter; the others are applied to windows of `limit` orders, so a page
 * can be short or empty without being the last.
 */
export async function listOrders(deps: Deps, filter: OrderFilter, limit: number): Promise<OrderList> {
  const { search } = filter;
  if (search === undefined) return listWindow(deps, filter, limit);
  if (search.exact?.column === "order_id") return listWindow(deps, filter, limit, search.exact);
  return (await searchOrders(deps, search, filter, limit)) ?? listWindow(deps, filter, limit, search.exact);
}

async function listWindow(deps: Deps, filter: OrderFilter, limit: number, exact?: ExactMatch): Promise<OrderList> {
  const { read } = await deps.db.batch("list orders", { read: findOrderWindow(filter, limit + 1, exact) });
  const window = read.slice(0, limit);
  const last = window.at(-1)?.order;
  return {
    orders: window.filter(({ fits }) => fits).map(({ order }) => order),
    next: read.length > limit && last ? [last.createdAtMs, last.orderId] : undefined,
  };
}
