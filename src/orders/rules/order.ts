import type { Minor } from "../../rules/money.ts";
import type { DeliveryMethodId } from "../../warehouses/rules/delivery.ts";
import type { RankedBy } from "../../warehouses/rules/rank.ts";
import type { OrderStatus } from "./statuses.ts";

export const PAYMENT_METHODS = ["cod", "card", "upi"] as const;
type PaymentMethod = (typeof PAYMENT_METHODS)[number];
/** PROTOCOL, the columns of D1. */
export const PAYMENT_STATUSES = ["cod", "pending", "paid", "failed", "refund_due", "partially_refunded", "refunded"] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Which warehouse supplies how many units of a line; `productId` and `variantId` are the component's where the line is a bundle's. */
export interface LineAllocation {
  lineNo: number;
  productId: string;
  variantId: string;
  warehouseId: string;
  quantity: number;
}

/** A line as it was sold. */
export interface OrderItem {
  lineNo: number;
  productId: string;
  variantId: string;
  sku: string;
  name: string;
  quantity: number;
  unitPriceMinor: Minor;
  lineTotalMinor: Minor;
}

/** The order's row in D1. */
export interface OrderRow {
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
  postalCode: string | null;
  country: string;
  deliveryMethod: DeliveryMethodId;
  notes: string | null;
  rankedBy: RankedBy;
  currency: string;
  subtotalMinor: Minor;
  deliveryCostMinor: Minor;
  totalMinor: Minor;
  estimatedDeliveryAtMs: number;
  createdAtMs: number;
  /** Grows with every change of the order, which is what guards one change against another. */
  updatedAtMs: number;
  /** The customer that it belongs to; null for a guest's. */
  userId: string | null;
  /** Hidden from lists since. */
  deletedAtMs: number | null;
  /**
   * When the sweep sees to it: PENDING it expires, or raises an alert if it is paid; EXPIRED it gets goods for the money that came
   * late. Null where there is nothing to see to.
   */
  dueAtMs: number | null;
  /** All that came in for it, in its own currency. */
  paidMinor: Minor;
  /** What of that went back, or is on its way back. */
  refundedMinor: Minor;
}

/** An order with everything that its attempt recorded. */
export interface Order extends OrderRow {
  items: OrderItem[];
  allocations: LineAllocation[];
}

/** The products whose objects hold, or sold, units of an order. */
export function productsOf(allocations: readonly LineAllocation[]): string[] {
  return [...new Set(allocations.map(({ productId }) => productId))];
}

/** The one warehouse that supplies the whole order, if one does. */
export function soleWarehouse(allocations: readonly LineAllocation[]): string | null {
  const [first, ...others] = new Set(allocations.map(({ warehouseId }) => warehouseId));
  return first !== undefined && others.length === 0 ? first : null;
}
