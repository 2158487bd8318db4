import type { Discount } from "../../pricing/rules/pricing-rule.ts";
import type { BillTotals, CountedUse } from "../../pricing/rules/bill.ts";
import type { Minor } from "../../rules/money.ts";
import type { DeliveryMethodId } from "../../warehouses/rules/delivery.ts";
import type { RankedBy } from "../../warehouses/rules/rank.ts";
import type { OrderStatus } from "./statuses.ts";

export const PAYMENT_METHODS = ["cod", "card", "upi"] as const;
type PaymentMethod = (typeof PAYMENT_METHODS)[number];
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
  discountMinor: Minor;
  /** After discounts; a tax that is added stands beside it. */
  lineTotalMinor: Minor;
  taxMinor: Minor;
  taxBps: number;
  /** What rules took off it, in their order. */
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
  /** What it uses of limited rules. None once they were given back. */
  rulesUsed: CountedUse[];
  /** The cart that it was checked out from. */
  cartId: string | null;
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

/**
 * An order as it was kept by a release that knew no rules, taxes and payments: nothing was taken off, and nothing paid.
 * Keyed answers are kept for a day, so it can go when that release is out of use for longer.
 */
export function withPrices(order: Order): Order {
  const row = {
    discountMinor: 0,
    taxMinor: 0,
    taxIncluded: true,
    promoCode: null,
    rulesUsed: [],
    paidMinor: 0,
    refundedMinor: 0,
  };
  const item = { discountMinor: 0, taxMinor: 0, taxBps: 0, discounts: [] };
  return { ...row, ...order, items: order.items.map((each) => ({ ...item, ...each })) };
}

/** The products whose objects hold, or sold, units of an order. */
export function productIdsOf(allocations: readonly LineAllocation[]): string[] {
  return [...new Set(allocations.map(({ productId }) => productId))];
}

/** The one warehouse that supplies the whole order, if one does. */
export function soleWarehouse(allocations: readonly LineAllocation[]): string | null {
  const [first, ...others] = new Set(allocations.map(({ warehouseId }) => warehouseId));
  return first !== undefined && others.length === 0 ? first : null;
}
