/** What Stripe says. Amounts are in Stripe's units; `currency` is in capitals. */
export type StripeEvent = { eventId: string; type: string } & (
  | { what: "paid"; intentId: string; amount: number; currency: string; orderId: string | undefined }
  | { what: "failed"; intentId: string; orderId: string | undefined }
  /** `amount` is all that went back of the charge so far. */
  | { what: "charge_refunded"; intentId: string; amount: number; currency: string; orderId: string | undefined }
  /** How one refund stands now. */
  | {
      what: "refund";
      reference: string;
      status: string;
      refundId: string | undefined;
      intentId: string | undefined;
      amount: number | undefined;
    }
  | { what: "other" }
);
