import type { OrderStatus } from "./statuses.ts";

/** Which orders, and from where on. Times bound when they were placed: from, and before. */
export interface OrderFilter {
  search?: Search | undefined;
  email?: string | undefined;
  userId?: string | undefined;
  warehouseId?: string | undefined;
  status?: OrderStatus | undefined;
  fromMs?: number | undefined;
  beforeMs?: number | undefined;
  includeDeleted: boolean;
  /** The last order of the page before: when it was placed, and its id. */
  after?: readonly [number, string] | undefined;
}

/** An exact text in one column. */
interface Search {
  column: "order_id" | "customer_email" | "customer_phone";
  text: string;
}

/** What a search text means: an order's id, an e-mail address or a phone number. */
export function searchOf(text: string): Search {
  if (text.includes("@")) return { column: "customer_email", text: text.toLowerCase() };
  const isId = /^ORD[0-9A-Z]{20,}$/i.test(text);
  return isId ? { column: "order_id", text: text.toUpperCase() } : { column: "customer_phone", text };
}
