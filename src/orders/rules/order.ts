import type { Discount } from "../../pricing/rules/pricing-rule.ts";
import type { BillTotals, CountedUse } from "../../pricing/rules/bill.ts";
import type { AddressLines } from "../../rules/address.ts";
import type { Minor } from "../../rules/money.ts";
import type { PaymentMethod } from "../../rules/payment-methods.ts";
import type { DeliveryMethodId } from "../../warehouses/rules/delivery.ts";
import type { RankedBy } from "../../warehouses/rules/rank.ts";
import type { OrderStatus } from "./statuses.ts";

/** The `payment_status` column of D1. */
export const PAYMENT_STATUSES = ["cod", "pending", "paid", "failed", "refund_due", "partially_refunded", "refunded"] as const;
/** The `fulfillment_status` column of D1: NULL until something has left. */
export const STORED_FULFILLMENTS = ["partially_fulfilled", "fulfilled"] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];
/** What the API shows: `disputed` while a dispute is open, after which it is as before. */
export const SHOWN_PAYMENT_STATUSES = [...PAYMENT_STATUSES, "disputed"] as const;

/** The units of a line that one warehouse supplies; of a bundle's line, of a component. */
export interface LineAllocation {
  lineNo: number;
  productId: string;
  variantId: string;
  warehouseId: string;
  /** As it was allocated. */
  quantity: number;
  /** Of these, units that have left. */
  shipped: number;
  /** Of these, units that the customer no longer gets. */
  cancelled: number;
  /** Of these, units that are still owed, but were not on the shelf. */
  short: number;
}

/** A line as it was sold. */
export interface OrderItem {
  lineNo: number;
  productId: string;
  variantId: string;
  sku: string;
  name: string;
  /** As it was sold. */
  quantity: number;
  /** Of these, units that the customer no longer gets. */
  cancelled: number;
  unitPriceMinor: Minor;
  discountMinor: Minor;
  /** After discounts, without a tax that is added. */
  lineTotalMinor: Minor;
  taxMinor: Minor;
  taxBps: number;
  /** By rule, in the order of application. */
  discounts: Discount[];
}

/** The order's row in D1. */
export interface OrderRow extends BillTotals {
  orderId: string;
  holdId: string;
  requestHash: string;
  status: OrderStatus;
  paymentMethod: PaymentMethod;
  paymentStatus: PaymentStatus;
  paymentDueAtMs: number | null;
  customerName: string;
  customerEmail: string | null;
  customerPhone: string | null;
  deliveryAddress: string | null;
  /** Where the address came in parts: those of which `deliveryAddress` is made. */
  address: AddressLines | null;
  postalCode: string | null;
  country: string;
  deliveryMethod: DeliveryMethodId;
  notes: string | null;
  /** In upper case. */
  promoCode: string | null;
  rankedBy: RankedBy;
  currency: string;
  estimatedDeliveryAtMs: number;
  createdAtMs: number;
  /** Grows with every change of the order: the guard against concurrent changes. */
  updatedAtMs: number;
  /** The customer whose order it is; null for a guest's. */
  userId: string | null;
  /** When it was hidden from lists. */
  deletedAtMs: number | null;
  /**
   * When the sweep handles it: a PENDING order expires, or raises an alert if it is paid; an EXPIRED one that was paid late is settled.
   * Null where nothing is due.
   */
  dueAtMs: number | null;
  /** Its uses of limited rules; none once they were returned. */
  rulesUsed: CountedUse[];
  /** The cart that it was checked out from. */
  cartId: string | null;
  /** All payments in its own currency. */
  paidMinor: Minor;
  /** All refunds, made or on their way. */
  refundedMinor: Minor;
  /** Disputes of its payments that have not ended. */
  openDisputes: number;
  /** The value of what was cancelled or came back. No column: it is computed from the rows, whoever wrote them. */
  creditedMinor: Minor;
  /** What has left, as D1 keeps it; see `fulfillmentStatusOf`. */
  fulfillmentStatus: (typeof STORED_FULFILLMENTS)[number] | null;
  /** For staff only. */
  staffNote: string | null;
  tags: string[];
  /** Whether a shelf turned out to have fewer units than it was promised. */
  stockShort: boolean;
}

/** An order with its lines and allocations. */
export interface Order extends OrderRow {
  items: OrderItem[];
  allocations: LineAllocation[];
}

/** The products whose objects held or sold units of an order. */
export function productIdsOf(allocations: readonly { productId: string }[]): string[] {
  return [...new Set(allocations.map(({ productId }) => productId))];
}

/** The one warehouse that supplies the whole order, if one does. */
export function soleWarehouse(allocations: readonly LineAllocation[]): string | null {
  const [first, ...others] = new Set(allocations.map(({ warehouseId }) => warehouseId));
  return first !== undefined && others.length === 0 ? first : null;
}
