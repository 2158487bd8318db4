import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { invalidField, Refusal } from "../errors.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { requireMatch } from "../writes/require-match.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { bumpVersion, NOTHING_CHANGED } from "./queries.ts";
import { deleteRule as deleteInD1, findRule, findRuleTarget, insertRule, MAX_RULES, updateRule } from "./rule-queries.ts";
import type { PricingRule } from "./rules/pricing-rule.ts";
import { ruleProblem, readDiscount, type RuleRequest, type StoredRule, RULE_DEFAULTS } from "./rules/rule-fields.ts";

/** A new rule; `ruleProblem` checks what its type needs. */
export interface NewRule extends RuleRequest {
  fields: RuleRequest["fields"] & Pick<PricingRule, "name" | "type" | "discountType">;
  discountValue: number;
}

/**
 * Creates a rule. It applies from the next price on.
 * @throws Refusal `validation_failed`, `too_many_rules`
 */
export function createRule(
  deps: Deps,
  keyed: Keyed | undefined,
  { fields, discountValue }: NewRule,
): Promise<Written<StoredRule>> {
  const plan = async (): Promise<Plan<StoredRule>> => {
    const [ruleId, atMs] = [deps.newId(), deps.nowMs()];
    const value = requireDiscount(deps, fields.discountType, discountValue);
    const rule = { ...RULE_DEFAULTS, ...fields, ruleId, discountValue: value, used: 0, createdAtMs: atMs, updatedAtMs: atMs };
    await requireValidRule(deps, rule);
    const change = { action: "pricing_rule.create", recordType: "pricing_rule", recordId: ruleId, after: rule };
    return { queries: withVersionBump(deps, insertRule(rule)), changes: [change], answer: rule, status: 201 };
  };
  return writeOnce(deps, keyed, plan, refusalFor);
}

/**
 * Changes the given fields of a rule. Two concurrent changes of different fields both apply. Orders and cart snapshots keep their discounts.
 * @throws Refusal `not_found`, `precondition_failed`, `validation_failed`, `too_many_rules`
 */
export function changeRule(
  deps: Deps,
  keyed: Keyed | undefined,
  ruleId: string,
  request: RuleRequest,
): Promise<Written<StoredRule>> {
  const plan = async (): Promise<Plan<StoredRule>> => {
    const before = await requireRule(deps, ruleId);
    requireMatch(deps, before.updatedAtMs);
    const discountValue = changedValue(deps, before, request);
    const updatedAtMs = Math.max(deps.nowMs(), before.updatedAtMs + 1);
    const after = { ...before, ...request.fields, discountValue, updatedAtMs };
    await requireValidRule(deps, after);
    const change = { action: "pricing_rule.change", recordType: "pricing_rule", recordId: ruleId, before, after };
    return { queries: withVersionBump(deps, updateRule(before, after)), changes: [change], answer: after, status: 200 };
  };
  return writeGuarded(deps, keyed, ["pricing_rules.updated_at_ms", NOTHING_CHANGED], plan, refusalFor);
}

/**
 * Deletes a rule; of concurrent deletions one succeeds. Orders and cart snapshots keep their discounts.
 * @throws Refusal `not_found`, `precondition_failed`
 */
export function deleteRule(deps: Deps, keyed: Keyed | undefined, ruleId: string): Promise<Written<StoredRule>> {
  return writeGuarded(deps, keyed, NOTHING_CHANGED, async () => {
    const before = await requireRule(deps, ruleId);
    requireMatch(deps, before.updatedAtMs);
    const change = { action: "pricing_rule.delete", recordType: "pricing_rule", recordId: ruleId, before };
    return { queries: withVersionBump(deps, deleteInD1(before)), changes: [change], answer: before, status: 200 };
  });
}

/** @throws Refusal `not_found` */
export async function requireRule(deps: Deps, ruleId: string): Promise<StoredRule> {
  const { rule } = await deps.db.batch("read rule", { rule: findRule(ruleId) });
  if (!rule) throw new Refusal("not_found", `Pricing rule ${ruleId} not found.`);
  return rule;
}

function withVersionBump(deps: Deps, query: Query<number>): Query<number>[] {
  return [query, bumpVersion(deps.nowMs())];
}

function changedValue(deps: Deps, before: StoredRule, { fields, discountValue }: RuleRequest): number {
  const { discountType = before.discountType } = fields;
  if (discountValue !== undefined) return requireDiscount(deps, discountType, discountValue);
  if (discountType === before.discountType) return before.discountValue;
  throw invalidField("discount_value", "is required when discount_type changes");
}

function requireDiscount(deps: Deps, type: PricingRule["discountType"], value: number): number {
  const { currencyDecimals } = deps.config;
  const converted = readDiscount(type, value, currencyDecimals);
  if (converted !== undefined) return converted;
  const percent = "must be above 0 and at most 100, with at most 2 decimals";
  throw invalidField(
    "discount_value",
    type === "percent" ? percent : `must be an amount with at most ${currencyDecimals} decimals`,
  );
}

/** Refuses a rule that could never apply, or whose product or variant does not exist. */
async function requireValidRule(deps: Deps, rule: StoredRule): Promise<void> {
  const problem = ruleProblem(rule);
  if (problem) throw invalidField(problem.field, problem.message);
  const { productId, variantId } = rule;
  if (productId === null && variantId === null) return;
  const { target } = await deps.db.batch("read rule target", { target: findRuleTarget(rule) });
  if (productId !== null && target?.hasProduct !== 1) throw invalidField("product_id", "there is no such product");
  if (variantId === null) return;
  const owner = target?.variantOf ?? null;
  if (owner === null) throw invalidField("variant_id", "there is no such variant");
  if (productId !== null && owner !== productId) throw invalidField("variant_id", "is not a variant of that product");
}

function refusalFor(error: unknown): Refusal | undefined {
  const failed = failedConstraint(error);
  // Only the CHECK can tell, because orders may use the rule between read and write.
  if (failed === "pricing_rules_used") return invalidField("usage_limit", "must not be below the number of uses");
  if (failed !== "pricing_rules.created_at_ms") return undefined;
  return new Refusal("too_many_rules", `A shop has at most ${MAX_RULES} active pricing rules.`);
}
