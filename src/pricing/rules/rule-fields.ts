import { type Minor, toMinor } from "../../rules/money.ts";
import type { DiscountType, PricingRule } from "./pricing-rule.ts";
import { RULE_KINDS } from "./quote.ts";
import type { Condition } from "./rule-kind.ts";

/** A rule as it is stored. */
export interface StoredRule extends PricingRule {
  /** Orders that use it. */
  used: number;
  createdAtMs: number;
  updatedAtMs: number;
}

/** The fields of a rule in a request; an absent one stays as it is, or gets its default in a new rule. */
export interface RuleRequest {
  fields: Partial<Omit<PricingRule, "ruleId" | "discountValue">>;
  /** A percentage, or an amount in major units. */
  discountValue: number | undefined;
}

/** The defaults of a new rule. */
export const RULE_DEFAULTS = {
  productId: null,
  variantId: null,
  category: null,
  minQuantity: null,
  maxQuantity: null,
  userTier: null,
  promoCode: null,
  startAtMs: null,
  endAtMs: null,
  minSubtotalMinor: null,
  buyQuantity: null,
  getQuantity: null,
  appliesTo: "base",
  freeDelivery: false,
  priority: 100,
  stackable: true,
  isActive: true,
  usageLimit: null,
  usageLimitPerCustomer: null,
} satisfies Partial<PricingRule>;

/** Why a rule is invalid. */
export interface RuleProblem {
  /** The request's name of the field. */
  field: string;
  message: string;
}

const PERCENT_DECIMALS = 2;
const WHOLE_BPS = 10_000;

/**
 * Converts a discount value: a percentage to basis points, an amount to minor units. Nothing is a value too, for rules that make delivery free.
 * @param decimals of the shop's currency  @returns `undefined` where the value is invalid
 */
export function readDiscount(type: DiscountType, value: number, decimals: number): Minor | undefined {
  const converted = toMinor(value, type === "percent" ? PERCENT_DECIMALS : decimals);
  if (converted === undefined || converted < 0) return undefined;
  return type === "percent" && converted > WHOLE_BPS ? undefined : converted;
}

const REQUEST_FIELDS: Record<Condition, string> = {
  minQuantity: "min_quantity",
  userTier: "user_tier",
  promoCode: "promo_code",
  startAtMs: "start_at",
  endAtMs: "end_at",
  buyQuantity: "buy_quantity",
  getQuantity: "get_quantity",
};

/** The first reason why a rule lacks what its type needs, or could never apply; `undefined` where it is valid. */
export function ruleProblem(rule: PricingRule): RuleProblem | undefined {
  if (rule.discountValue === 0 && !rule.freeDelivery)
    return { field: "discount_value", message: "must be above 0, unless free_delivery is true" };
  const missing = RULE_KINDS[rule.type].needs.find((some) => some.every((condition) => rule[condition] === null));
  if (missing) {
    const names = missing.map((condition) => REQUEST_FIELDS[condition]);
    return { field: names[0] ?? "type", message: `${rule.type} needs ${names.join(" or ")}` };
  }
  const unexpected =
    rule.type === "buy_x_get_y" ? undefined : (["buyQuantity", "getQuantity"] as const).find((each) => rule[each] !== null);
  if (unexpected) return { field: REQUEST_FIELDS[unexpected], message: "applies only to buy_x_get_y" };
  if (isAbove(rule.minQuantity, rule.maxQuantity)) return { field: "max_quantity", message: "must be at least min_quantity" };
  if (rule.startAtMs !== null && rule.endAtMs !== null && rule.endAtMs <= rule.startAtMs)
    return { field: "end_at", message: "must be after start_at" };
  return undefined;
}

function isAbove(least: number | null, most: number | null): boolean {
  return least !== null && most !== null && least > most;
}
