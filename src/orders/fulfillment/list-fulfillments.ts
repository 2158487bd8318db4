import type { Deps } from "../../deps.ts";
import { type Fulfillment, type FulfillmentFilter, pickList, type PickLine } from "../rules/fulfillment.ts";
import { findDone, findWork } from "./queries.ts";

/** `next`: the cursor of the next page; undefined on the last. */
export interface FulfillmentList {
  fulfillments: Fulfillment[];
  next: [number, string, string] | undefined;
}

/**
 * Lists what warehouses have to hand over, one entry per order and warehouse, from the moment the order is paid or cash on delivery,
 * oldest first; or what they have handed over, newest first.
 */
export async function listFulfillments(deps: Deps, filter: FulfillmentFilter, limit: number): Promise<FulfillmentList> {
  const find = filter.status === "done" ? findDone : findWork;
  const { read } = await deps.db.batch("list fulfillments", { read: find(filter, limit + 1) });
  const fulfillments = read.slice(0, limit);
  const last = fulfillments.at(-1);
  const next: FulfillmentList["next"] =
    read.length > limit && last ? [last.order.createdAtMs, last.order.orderId, last.warehouseId] : undefined;
  return { fulfillments, next };
}

/**
 * What a picker of a warehouse collects for its oldest orders, by variant.
 * @param limit of orders  @returns also how many orders it is for, and whether more wait
 */
export async function listPicks(
  deps: Deps,
  filter: FulfillmentFilter,
  limit: number,
): Promise<{ picks: PickLine[]; orders: number; hasMore: boolean }> {
  const { fulfillments, next } = await listFulfillments(deps, filter, limit);
  return { picks: pickList(fulfillments), orders: fulfillments.length, hasMore: next !== undefined };
}
