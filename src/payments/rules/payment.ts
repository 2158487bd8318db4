import type { Minor } from "../../rules/money.ts";

/** The source of a payment: confirmed manually by the shop or its accounting, or Stripe. */
export const PROVIDERS = ["manual", "stripe"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** `recorded`: manual, or not yet sent to the provider; `pending`: the provider has it; `succeeded` and `failed` are final. */
export const REFUND_STATUSES = ["recorded", "pending", "succeeded", "failed"] as const;
type RefundStatus = (typeof REFUND_STATUSES)[number];

/** A payment of an order. */
export interface Payment {
  orderId: string;
  provider: Provider;
  /** The provider's reference; each is recorded once. */
  reference: string;
  amountMinor: Minor;
  /** Three letters of ISO 4217. */
  currency: string;
}

/** A recorded payment. */
export interface PaymentRow extends Payment {
  paymentId: string;
  actor: string;
  atMs: number;
}

/** A refund of one payment. */
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
  /** When the sweep has to send it to the provider again; null where nothing is due. */
  dueAtMs: number | null;
}

/** The ids of refunds that a lost dispute made begin with it: the provider does not count them as refunds. */
export const DISPUTE_PREFIX = "DSP";

/** All payments and refunds of an order, oldest first. */
export interface Money {
  payments: PaymentRow[];
  refunds: RefundRow[];
}
