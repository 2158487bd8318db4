import type { Caller } from "../../../src/deps.ts";
import type { Order } from "../../../src/orders/rules/order.ts";
import type { Transfer } from "../../../src/stock/rules/transfer.ts";

/** A cart whose id clients have. */
export interface KnownCart {
  cartId: string;
  caller: Caller;
}

/** A dispute at Stripe, and what the shop was told of it. */
export interface KnownDispute {
  disputeId: string;
  amountMinor: number;
  /** Stripe's word for how it stands in the end. */
  status: string;
  /** Whether a report that it is open, or has ended, was sent; and whether one was answered. */
  isOpenSent: boolean;
  isOpenTold: boolean;
  isEndSent: boolean;
  isEndTold: boolean;
}

/** A payment that a customer made at Stripe. Stripe reports it until it is answered. */
export interface StripePayment {
  orderId: string;
  intentId: string;
  amountMinor: number;
  /** Until then it has only begun. */
  isMade: boolean;
  /** Whether its report was answered. */
  isTold: boolean;
  dispute: KnownDispute | undefined;
}

/** The definite answers that clients got. The checks at the end compare them with the state. */
export interface Acknowledged {
  /** Orders answered with 201, as they were in the answer. */
  orders: Order[];
  /** Order ids whose placement was refused: no such order may exist. */
  refusedOrders: string[];
  moves: { orderId: string; to: string; keyId: string }[];
  reopenings: { orderId: string; keyId: string }[];
  payments: { orderId: string; reference: string; amountMinor: number }[];
  stripePayments: StripePayment[];
  refunds: { orderId: string; refundId: string; amountMinor: number }[];
  /** Refused ones. An earlier try, still on its way, may have been made later: what is refused once is not refused for good. */
  refusedPayments: { orderId: string; reference: string }[];
  refusedRefunds: { orderId: string; refundId: string }[];
  shipments: { orderId: string; shipmentId: string; units: number }[];
  cancellations: { orderId: string; cancellationId: string; units: number }[];
  /** With the warehouse that was named. */
  returns: { orderId: string; returnId: string; units: number; warehouseId: string | undefined }[];
  /** Returns that customers requested, with the units that staff received of each. */
  requests: { orderId: string; returnId: string; received: number; isRejected: boolean }[];
  adjustments: { referenceId: string; productId: string; isMoved: boolean }[];
  /** The opening stock that imports were answered with. */
  openings: { variantId: string; warehouseId: string }[];
  transfers: Transfer[];
  refusedTransfers: string[];
  receipts: { transferId: string; receiptId: string; units: number }[];
  /** The ids of recalled transfers. */
  recalls: string[];
  carts: KnownCart[];
  checkouts: { cartId: string; orderId: string }[];
}

export function nothingAcknowledged(): Acknowledged {
  return {
    orders: [],
    refusedOrders: [],
    moves: [],
    reopenings: [],
    payments: [],
    stripePayments: [],
    refunds: [],
    refusedPayments: [],
    refusedRefunds: [],
    shipments: [],
    cancellations: [],
    returns: [],
    requests: [],
    adjustments: [],
    openings: [],
    transfers: [],
    refusedTransfers: [],
    receipts: [],
    recalls: [],
    carts: [],
    checkouts: [],
  };
}
