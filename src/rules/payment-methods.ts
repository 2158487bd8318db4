/** What a shopper can choose; the setting `PAYMENT_METHODS` says which of them a shop takes. */
export const PAYMENT_METHODS = ["cod", "card", "upi"] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** How an order is paid: at its delivery, by a transfer that staff confirm, or online with Stripe. */
export const PAID_BY = ["on_delivery", "by_hand", "stripe"] as const;
export type PaidBy = (typeof PAID_BY)[number];

/** A method that the shop takes. */
export interface MethodTaken {
  method: PaymentMethod;
  paidBy: PaidBy;
}

/** What the settings say of payments. */
interface PaymentSettings {
  paymentMethods: readonly MethodTaken[];
  stripe: { secretKey?: string | undefined };
  /** The smallest amount that Stripe takes of the currency; its amounts are multiples of it. */
  stripeStepMinor: number;
}

/**
 * Reads the setting, such as `cod:on_delivery card:stripe`.
 * @returns `undefined` where it is none: no method, one twice, or cash that is not paid on delivery
 */
export function readMethods(text: string): MethodTaken[] | undefined {
  const taken = text
    .split(/\s+/)
    .filter(Boolean)
    .map((entry) => {
      const [name, way] = entry.split(":");
      const method = PAYMENT_METHODS.find((each) => each === name);
      const paidBy = PAID_BY.find((each) => each === way);
      // Only cash waits for no payment before it is processed.
      if (method === undefined || paidBy === undefined || entry.split(":").length !== 2) return undefined;
      return (method === "cod") === (paidBy === "on_delivery") ? { method, paidBy } : undefined;
    });
  const isOnce = new Set(taken.map((each) => each?.method)).size === taken.length;
  return taken.length > 0 && isOnce && taken.every((each) => each !== undefined) ? taken : undefined;
}

/** The methods that the shop takes. Without Stripe's secret, what Stripe would take is paid by hand. */
export function methodsTaken({ paymentMethods, stripe }: PaymentSettings): MethodTaken[] {
  return paymentMethods.map(({ method, paidBy }) => {
    return { method, paidBy: paidBy === "stripe" && stripe.secretKey === undefined ? "by_hand" : paidBy };
  });
}

/** How a method is paid; `undefined` where the shop does not take it. */
export function paidByOf(settings: PaymentSettings, method: PaymentMethod): PaidBy | undefined {
  return methodsTaken(settings).find((each) => each.method === method)?.paidBy;
}

/** Prices are multiples of it as far as rules and taxes make them: in a shop that takes Stripe, of what Stripe can charge. */
export function priceStepOf(settings: PaymentSettings): number {
  return methodsTaken(settings).some(({ paidBy }) => paidBy === "stripe") ? settings.stripeStepMinor : 1;
}
