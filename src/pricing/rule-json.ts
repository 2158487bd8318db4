import { atMsOf } from "../http/times.ts";
import { isoOrNull, majorOrNull, minorOf } from "../http/validate.ts";
import { toMajor } from "../rules/money.ts";
import type { RuleRequest, StoredRule } from "./rules/rule-fields.ts";
import type { RuleChangeBody } from "./rules-contract.ts";

const PERCENT_DECIMALS = 2;

/** Writes a rule as `ruleSchema` describes it. @param decimals of the shop's currency */
export function toRuleJson(rule: StoredRule, decimals: number) {
  return {
    rule_id: rule.ruleId,
    name: rule.name,
    type: rule.type,
    product_id: rule.productId,
    variant_id: rule.variantId,
    category: rule.category,
    min_quantity: rule.minQuantity,
    max_quantity: rule.maxQuantity,
    user_tier: rule.userTier,
    promo_code: rule.promoCode,
    start_at: isoOrNull(rule.startAtMs),
    end_at: isoOrNull(rule.endAtMs),
    min_subtotal: majorOrNull(rule.minSubtotalMinor, decimals),
    buy_quantity: rule.buyQuantity,
    get_quantity: rule.getQuantity,
    discount_type: rule.discountType,
    discount_value: toMajor(rule.discountValue, rule.discountType === "percent" ? PERCENT_DECIMALS : decimals),
    priority: rule.priority,
    applies_to: rule.appliesTo,
    free_delivery: rule.freeDelivery,
    stackable: rule.stackable,
    is_active: rule.isActive,
    usage_limit: rule.usageLimit,
    usage_limit_per_customer: rule.usageLimitPerCustomer,
    used: rule.used,
    created_at: new Date(rule.createdAtMs).toISOString(),
    updated_at: new Date(rule.updatedAtMs).toISOString(),
  };
}

/** Reads a rule from a request body. @param decimals of the shop's currency */
export function toRuleRequest(body: RuleChangeBody, decimals: number): RuleRequest {
  const atMs = (iso: string | null | undefined) => (typeof iso === "string" ? atMsOf(iso) : iso);
  const { min_subtotal: minSubtotal } = body;
  const fields = {
    name: body.name,
    type: body.type,
    productId: body.product_id,
    variantId: body.variant_id,
    category: body.category,
    minQuantity: body.min_quantity,
    maxQuantity: body.max_quantity,
    userTier: body.user_tier,
    promoCode: body.promo_code,
    startAtMs: atMs(body.start_at),
    endAtMs: atMs(body.end_at),
    minSubtotalMinor: typeof minSubtotal === "number" ? minorOf("min_subtotal", minSubtotal, decimals) : minSubtotal,
    buyQuantity: body.buy_quantity,
    getQuantity: body.get_quantity,
    discountType: body.discount_type,
    priority: body.priority,
    appliesTo: body.applies_to,
    freeDelivery: body.free_delivery,
    stackable: body.stackable,
    isActive: body.is_active,
    usageLimit: body.usage_limit,
    usageLimitPerCustomer: body.usage_limit_per_customer,
  };
  return { fields: defined(fields), discountValue: body.discount_value };
}

function defined<T extends object>(fields: T) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
