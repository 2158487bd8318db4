import type { Minor } from "../../rules/money.ts";

/** Where money comes from: by hand, as somebody of the shop or its accounting says, or Stripe. */
export const PROVIDERS = ["manual", "stripe"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** `recorded`: by hand, or not yet asked of the provider; `pending`: the provider has it; `succeeded` and `failed` are its last word. */
export const REFUND_STATUSES = ["recorded", "pending", "succeeded", "failed"] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Money for an order. */
export interface Payment {
  orderId: string;
  provider: Provider;
  /** The provider's name for it; each is taken once. */
  reference: string;
  amountMinor: Minor;
  /** Three letters of ISO 4217. */
  currency: string;
}

/** Money that was recorded. */
export interface PaymentRow extends Payment {
  paymentId: string;
  actor: string;
  atMs: number;
}

/** Money that goes back to where it came from, or went. */
export interface RefundRow {
  orderId: string;
  refundId: string;
  paymentId: string;
  amountMinor: Minor;
  reason: string;
  status: RefundStatus;
  providerReference: string | null;
  actor: string;
  atMs: number;
  /** When the sweep has to ask the provider again; null where nothing is owed. */
  dueAtMs: number | null;
}

/** All money of an order, oldest first. */
export interface Money {
  payments: PaymentRow[];
  refunds: RefundRow[];
}
