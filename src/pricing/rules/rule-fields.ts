import { type Minor, toMinor } from "../../rules/money.ts";
import type { DiscountType, PricingRule } from "./pricing-rule.ts";
import { RULE_KINDS } from "./quote.ts";
import type { Condition } from "./rule-kind.ts";

/** A rule as the shop keeps it. */
export interface StoredRule extends PricingRule {
  /** Orders that use it. */
  used: number;
  createdAtMs: number;
  updatedAtMs: number;
}

/** What a merchant says of a rule; what is left out stays, or is as `UNSAID`. */
export interface RuleRequest {
  fields: Partial<Omit<PricingRule, "ruleId" | "discountValue">>;
  /** A percentage, or an amount in major units. */
  discountValue: number | undefined;
}

/** What a new rule is where nothing is said. */
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
  priority: 100,
  stackable: true,
  isActive: true,
  usageLimit: null,
  usageLimitPerCustomer: null,
} satisfies Partial<PricingRule>;

/** Why a rule cannot be; `field` is the request's. */
export interface RuleProblem {
  field: string;
  message: string;
}

const PERCENT_DECIMALS = 2;
const WHOLE_BPS = 10_000;

/**
 * Reads a discount's value: basis points of a percentage, minor units of an amount.
 * @param decimals of the shop's currency  @returns `undefined` where it is none
 */
export function readDiscount(type: DiscountType, value: number, decimals: number): Minor | undefined {
  const read = toMinor(value, type === "percent" ? PERCENT_DECIMALS : decimals);
  if (read === undefined || read <= 0) return undefined;
  return type === "percent" && read > WHOLE_BPS ? undefined : read;
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

/** The first thing by which a rule would not be what its type says, or could never apply; `undefined` where there is none. */
export function ruleProblem(rule: PricingRule): RuleProblem | undefined {
  const lacking = RULE_KINDS[rule.type].needs.find((some) => some.every((condition) => rule[condition] === null));
  if (lacking) {
    const names = lacking.map((condition) => REQUEST_FIELDS[condition]);
    return { field: names[0] ?? "type", message: `is needed for ${rule.type}: give ${names.join(" or ")}` };
  }
  const other =
    rule.type === "buy_x_get_y" ? undefined : (["buyQuantity", "getQuantity"] as const).find((each) => rule[each] !== null);
  if (other) return { field: REQUEST_FIELDS[other], message: "is for buy_x_get_y alone" };
  if (isAbove(rule.minQuantity, rule.maxQuantity)) return { field: "max_quantity", message: "must not be below min_quantity" };
  if (rule.startAtMs !== null && rule.endAtMs !== null && rule.endAtMs <= rule.startAtMs)
    return { field: "end_at", message: "must be after start_at" };
  return undefined;
}

function isAbove(least: number | null, most: number | null): boolean {
  return least !== null && most !== null && least > most;
}
