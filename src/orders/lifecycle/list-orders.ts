import type { Deps } from "../../deps.ts";
import { findOrderWindow } from "./list-queries.ts";
import type { OrderFilter } from "../rules/filter.ts";
import type { OrderRow } from "../rules/order.ts";

/** `next` is what the next page comes after; undefined on the last. */
export interface OrderList {
  orders: OrderRow[];
  next: [number, string] | undefined;
}

/**
 * Lists orders, newest first. One filter is found by an index; with others a page has those of `limit` orders that fit, so it may
 * be short, or empty, and not the last (DESIGN §9).
 */
export async function listOrders(deps: Deps, filter: OrderFilter, limit: number): Promise<OrderList> {
  const { found } = await deps.db.batch("list orders", { found: findOrderWindow(filter, limit + 1) });
  const window = found.slice(0, limit);
  const last = window.at(-1)?.order;
  return {
    orders: window.filter(({ fits }) => fits).map(({ order }) => order),
    next: found.length > limit && last ? [last.createdAtMs, last.orderId] : undefined,
  };
}
