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

/** Of what a percentage is taken: of the line's whole price, or of what earlier rules left of it. */
export const APPLIES_TO = ["base", "discounted"] as const;

/** A discount and its conditions; a condition that is null does not apply. */
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
  /** For `buy_x_get_y`: the discount applies to `getQuantity` units for every `buyQuantity` units bought. */
  buyQuantity: number | null;
  getQuantity: number | null;
  discountType: DiscountType;
  /** Basis points of a percentage; minor units of an amount. */
  discountValue: number;
  appliesTo: (typeof APPLIES_TO)[number];
  /** Whether delivery costs nothing where its conditions hold for a line; then it may discount nothing. */
  freeDelivery: boolean;
  /** Lower first; rules of one priority in the order of their ids. */
  priority: number;
  /** Whether later rules may apply to the same line. */
  stackable: boolean;
  isActive: boolean;
  /** How many orders may use it: in total, and per customer. */
  usageLimit: number | null;
  usageLimitPerCustomer: number | null;
}

/** A rule's discount on a line. */
export interface Discount {
  ruleId: string;
  name: string;
  amountMinor: Minor;
  /** The rule is one of the whole cart, and this is the line's share: it is computed anew whenever the cart changes. */
  isOfCart: boolean;
  /** The rule has a usage limit. */
  isLimited: boolean;
  /** The rule makes delivery free because of this line; then it takes nothing off the line here. */
  isFreeDelivery?: boolean | undefined;
}

/** The discounts of a line that was priced before, as a cart stores them. */
export interface DiscountSnapshot {
  discounts: Discount[];
  /** A rule of this line that is not stackable applied, so later rules do not. A cart-wide rule closes no snapshot. */
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
  /** The line's discounts from when it was priced before; while they stand, only cart-wide rules are computed anew. */
  snapshot?: DiscountSnapshot | undefined;
}

/** The active rules and the tax rates at one version of D1. */
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

/** What prices depend on besides the lines. */
export interface PricingFacts {
  /** In any order; inactive ones are ignored. */
  rules: readonly PricingRule[];
  /** By rule id; absent where it was never used. */
  uses: ReadonlyMap<string, RuleUse>;
  /** The signed-in customer; null for guests, whose uses are not counted per customer. */
  customerId: string | null;
  nowMs: number;
  /** Discounts, and taxes that are added, are multiples of it; 1 by default. */
  stepMinor?: Minor | undefined;
}

/** A line with its price. */
export interface PricedLine extends DiscountSnapshot {
  lineNo: number;
  /** Unit price × quantity. */
  beforeMinor: Minor;
  discountMinor: Minor;
  afterMinor: Minor;
}

/** A rule that targets the lines and took nothing off; `ruleId` is null for an unknown promo code. */
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

/** Writes a discount as `appliedRuleSchema` describes it. @param decimals of the shop's currency */
export function toAppliedJson({ ruleId, name, amountMinor, isFreeDelivery = false }: Discount, decimals: number) {
  return { rule_id: ruleId, name, amount: toMajor(amountMinor, decimals), free_delivery: isFreeDelivery };
}

/** Writes a refused rule as `refusedRuleSchema` describes it. */
export function toRefusedJson({ ruleId, reason }: RefusedRule) {
  return { rule_id: ruleId, reason };
}
