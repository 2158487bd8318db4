/** Where money comes from: by hand, as somebody of the shop or its accounting says, or Stripe. */
export const PROVIDERS = ["manual", "stripe"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** `recorded`: by hand, or not yet asked of the provider; `pending`: the provider has it; `succeeded` and `failed` are its last word. */
export const REFUND_STATUSES = ["recorded", "pending", "succeeded", "failed"] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];
