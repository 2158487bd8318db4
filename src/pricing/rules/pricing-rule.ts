import { type Minor, toMajor } from "../../rules/money.ts";
import type { Tier } from "../../rules/rights.ts";
import type { TaxRate } from "./tax.ts";

export const RULE_TYPES = [
  "bulk_quantity",
  "seasonal_percentage",
  "user_tier_percentage",
  "promo_code_percentage",
  "buy_x_get_y",
  "cart_total",
] as const;
export type RuleType = (typeof RULE_TYPES)[number];

export const DISCOUNT_TYPES = ["percent", "absolute"] as const;
export type DiscountType = (typeof DISCOUNT_TYPES)[number];

/** What takes something off a price, and when. A condition that is null asks nothing. */
export interface PricingRule {
  ruleId: string;
  name: string;
  type: RuleType;
  productId: string | null;
  variantId: string | null;
  category: string | null;
  /** Units of the line. */
  minQuantity: number | null;
  maxQuantity: number | null;
  userTier: Tier | null;
  /** In upper case. */
  promoCode: string | null;
  startAtMs: number | null;
  endAtMs: number | null;
  /** Of all lines, before discounts. */
  minSubtotalMinor: Minor | null;
  /** Of `buy_x_get_y`: in every group of so many bought units, so many more have the discount. */
  buyQuantity: number | null;
  getQuantity: number | null;
  discountType: DiscountType;
  /** Basis points of a percentage; minor units of an amount. */
  discountValue: number;
  /** Lower first; rules of one priority in the order of their ids. */
  priority: number;
  /** Whether rules after it may apply too. */
  stackable: boolean;
  isActive: boolean;
  /** Orders that may use it, of all shoppers and of each. */
  usageLimit: number | null;
  usageLimitPerCustomer: number | null;
}

/** What a rule took off a line. */
export interface Discount {
  ruleId: string;
  name: string;
  amountMinor: Minor;
  /** The rule is about the whole cart, and this is the line's share of what it took off. */
  isOfCart: boolean;
  /** Its uses are counted when the order is recorded. */
  isLimited: boolean;
}

/** What rules took off a line that was priced before, as a cart keeps it. */
export interface DiscountSnapshot {
  discounts: Discount[];
  /** A rule about the line that is not stackable applied: none after it may. One about the whole cart closes only for the moment. */
  isClosed: boolean;
}

/** A line to be priced. */
export interface LineToPrice {
  lineNo: number;
  productId: string;
  variantId: string;
  category: string | null;
  quantity: number;
  unitPriceMinor: Minor;
  /** In upper case. */
  promoCode: string | null;
  tier: Tier | null;
  /** Where the line was priced before and its price stands, what rules about the line alone took off it: they are not asked again. */
  snapshot?: DiscountSnapshot | undefined;
}

/** The active rules and the taxes as they were at one version of D1's. */
export interface PriceList {
  version: number;
  rules: PricingRule[];
  taxes: TaxRate[];
}

/** How often a limited rule was used. */
export interface RuleUse {
  used: number;
  usedByCustomer: number;
}

/** What prices depend on beside the lines. */
export interface PricingFacts {
  /** Active ones, in any order. */
  rules: readonly PricingRule[];
  /** By the rule's id; absent where it was never used. */
  uses: ReadonlyMap<string, RuleUse>;
  /** The signed-in customer; null for guests, whose uses nobody can count. */
  customerId: string | null;
  nowMs: number;
}

/** A line with what it costs. */
export interface PricedLine extends DiscountSnapshot {
  lineNo: number;
  /** Unit price × quantity. */
  beforeMinor: Minor;
  discountMinor: Minor;
  afterMinor: Minor;
}

/** A rule that could have been about these lines and took nothing off; `ruleId` is null for a promo code that no rule has. */
export interface RefusedRule {
  ruleId: string | null;
  promoCode: string | null;
  reason: RefusalReason;
}

export const REFUSAL_REASONS = [
  "promo_code_unknown",
  "not_started",
  "ended",
  "quantity_too_small",
  "quantity_too_large",
  "other_tier",
  "subtotal_too_small",
  "other_products",
  "used_up",
  "used_up_by_customer",
  "account_needed",
  "not_combinable",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Shows what a rule took off as `appliedRuleSchema` promises it. @param decimals of the shop's currency */
export function toAppliedJson({ ruleId, name, amountMinor }: Discount, decimals: number) {
  return { rule_id: ruleId, name, amount: toMajor(amountMinor, decimals) };
}

/** Shows a refused rule as `refusedRuleSchema` promises it. */
export function toRefusedJson({ ruleId, reason }: RefusedRule) {
  return { rule_id: ruleId, reason };
}
