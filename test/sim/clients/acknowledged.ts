import type { Caller } from "../../../src/deps.ts";
import type { Order } from "../../../src/orders/rules/order.ts";
import type { Transfer } from "../../../src/stock/rules/transfer.ts";

/** A cart that somebody has the id of. */
export interface KnownCart {
  cartId: string;
  caller: Caller;
}

/** What clients were told for certain, to be found true in the end. */
export interface Told {
  /** Answered with 201, as they were then. */
  orders: Order[];
  /** Ids under which there is no order, because a refusal said so. */
  noOrders: string[];
  moves: { orderId: string; to: string; keyId: string }[];
  payments: { orderId: string; reference: string; amountMinor: number }[];
  refunds: { orderId: string; refundId: string; amountMinor: number }[];
  returns: { orderId: string; returnId: string; units: number }[];
  adjustments: { referenceId: string; productId: string; isMoved: boolean }[];
  transfers: Transfer[];
  noTransfers: string[];
  receipts: { transferId: string; receiptId: string; units: number }[];
  carts: KnownCart[];
  checkouts: { cartId: string; orderId: string }[];
}

export function nothingTold(): Told {
  return {
    orders: [],
    noOrders: [],
    moves: [],
    payments: [],
    refunds: [],
    returns: [],
    adjustments: [],
    transfers: [],
    noTransfers: [],
    receipts: [],
    carts: [],
    checkouts: [],
  };
}
