import { normalEmail } from "../../rules/email.ts";
import type { SHOWN_PAYMENT_STATUSES } from "./order.ts";
import type { FULFILLMENT_STATUSES } from "./shipping.ts";
import type { OrderStatus } from "./statuses.ts";

/** Filters of a list of orders. `fromMs` (inclusive) and `beforeMs` (exclusive) bound the time of placement. */
export interface OrderFilter {
  search?: Search | undefined;
  email?: string | undefined;
  userId?: string | undefined;
  warehouseId?: string | undefined;
  status?: OrderStatus | undefined;
  paymentStatus?: (typeof SHOWN_PAYMENT_STATUSES)[number] | undefined;
  fulfillmentStatus?: (typeof FULFILLMENT_STATUSES)[number] | undefined;
  /** Whether a shelf had fewer units than the order was promised. */
  isShort?: boolean | undefined;
  /** Exactly as it was written. */
  tag?: string | undefined;
  fromMs?: number | undefined;
  beforeMs?: number | undefined;
  includeDeleted: boolean;
  /** Cursor: time of placement and id of the last order of the page before. */
  after?: readonly [number, string] | undefined;
}

/** An exact match in one column. */
interface Search {
  column: "order_id" | "customer_email" | "customer_phone";
  text: string;
  /** Another spelling that matches too. */
  or?: string | undefined;
}

/**
 * The column that a search text is for: an order's id, an e-mail address or a phone number.
 * @param phone the text as phones are stored, if it is one; releases before 0.4.0 stored them as they were typed
 */
export function searchOf(text: string, phone: string | undefined): Search {
  if (text.includes("@")) return { column: "customer_email", text: normalEmail(text) ?? text.toLowerCase() };
  const isId = /^ORD[0-9A-Z]{20,}$/i.test(text);
  return isId
    ? { column: "order_id", text: text.toUpperCase() }
    : { column: "customer_phone", text: phone ?? text, ...(phone === undefined || phone === text ? {} : { or: text }) };
}
