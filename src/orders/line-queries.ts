import { type SQL, sql } from "drizzle-orm";
import { rowJson, rowOf } from "../db/json.ts";
import type { AddressLines } from "../rules/address.ts";
import type { CountedUse } from "../pricing/rules/bill.ts";
import type { LineAllocation, Order, OrderItem, OrderRow } from "./rules/order.ts";
import { isOpen } from "./rules/statuses.ts";
import { creditedByReturns, type ReturnedRow } from "./rules/returned-lines.ts";
import { returnItems } from "./history-tables.ts";
import { orderAllocations, orderItems } from "./tables.ts";

const ITEM_JSON = rowJson(orderItems);
const ALLOCATION_JSON = rowJson(orderAllocations);

/** The units of an order that came back, as a JSON array of `ReturnedRow`. */
export function returnedJson(orderId: SQL): SQL {
  return sql`(SELECT json_group_array(json_object('returnId', return_id, 'variantId', variant_id, 'quantity', quantity,
    'atMs', at_ms)) FROM ${returnItems} WHERE return_items.order_id = ${orderId})`;
}

/** The lines of an order and the warehouses that supply them, as JSON arrays. */
export function linesJson(orderId: SQL): { items: SQL; allocations: SQL } {
  return {
    items: sql`(SELECT json_group_array(${ITEM_JSON}) FROM ${orderItems} WHERE order_items.order_id = ${orderId})`,
    allocations: sql`(SELECT json_group_array(${ALLOCATION_JSON}) FROM ${orderAllocations} WHERE order_allocations.order_id = ${orderId})`,
  };
}

/** What `linesJson` and `returnedJson` wrote. */
export interface StoredLines {
  items: StoredItem[];
  allocations: LineAllocation[];
  returned: ReturnedRow[];
}

/** Reads an order's row as `rowJson` wrote it, with its lines. */
export function toOrder(order: string, { items, allocations, returned }: StoredLines): Order {
  const placed = { ...toOrderRow(order), items: items.map(toItem), allocations };
  return { ...placed, creditedMinor: creditedByReturns(placed, returned) };
}

type StoredRow = Omit<OrderRow, "taxIncluded" | "rulesUsed" | "tags" | "stockShort" | "address" | "creditedMinor"> & {
  taxIncluded: 0 | 1;
  stockShort: 0 | 1;
  rulesUsed: string | null;
  tags: string | null;
  address: string | null;
};
type StoredItem = Omit<OrderItem, "discounts"> & { discounts: string };

/** Reads an order's row as `rowJson` wrote it. */
export function toOrderRow(json: string): Omit<OrderRow, "creditedMinor"> {
  const { taxIncluded, rulesUsed, tags, stockShort, address, ...stored } = rowOf(json) as StoredRow;
  return {
    ...stored,
    taxIncluded: taxIncluded === 1,
    stockShort: stockShort === 1 && isOpen(stored.status),
    rulesUsed: JSON.parse(rulesUsed ?? "[]") as CountedUse[],
    tags: JSON.parse(tags ?? "[]") as string[],
    address: JSON.parse(address ?? "null") as AddressLines | null,
  };
}

function toItem(item: StoredItem): OrderItem {
  return { ...item, discounts: JSON.parse(item.discounts) as OrderItem["discounts"] };
}
