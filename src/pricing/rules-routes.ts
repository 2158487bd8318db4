import { timeKeySchema } from "../events/log-contract.ts";
import { toTimeCursor } from "../events/log-json.ts";
import type { AppContext } from "../http/context.ts";
import { sayVersion } from "../http/etag.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { readCursor } from "../http/paging.ts";
import { createRouter } from "../http/router.ts";
import { listRules } from "./list-rules.ts";
import { toRuleJson, toRuleRequest } from "./rule-json.ts";
import type { StoredRule } from "./rules/rule-fields.ts";
import * as contract from "./rules-contract.ts";
import { changeRule, createRule, deleteRule, requireRule } from "./write-rule.ts";

/** Staff manage the pricing rules here. */
export const pricingRuleRoutes = createRouter()
  .openapi(contract.createRule, async (c) => {
    const body = c.req.valid("json");
    const { name, type, discount_type: discountType, discount_value: discountValue } = body;
    const { fields } = toRuleRequest(body, c.var.deps.config.currencyDecimals);
    const rule = { fields: { ...fields, name, type, discountType }, discountValue };
    const written = await createRule(c.var.deps, await keyedRequest(c, body), rule);
    c.header("Location", `/api/v1/pricing-rules/${written.answer.ruleId}`);
    return c.json(ruleAnswer(c, written.answer, written.replayed), 201);
  })
  .openapi(contract.listRules, async (c) => {
    const { limit, cursor, type, is_active: isActive, promo_code: promoCode } = c.req.valid("query");
    const filters = { type, isActive: isActive && isActive === "true", promoCode };
    const page = await listRules(c.var.deps, { ...filters, after: readCursor(cursor, timeKeySchema), limit });
    const { currencyDecimals } = c.var.deps.config;
    const rules = page.items.map((rule) => toRuleJson(rule, currencyDecimals));
    return c.json({ pricing_rules: rules, next_cursor: toTimeCursor(page.next) }, 200);
  })
  .openapi(contract.showRule, async (c) => {
    const rule = await requireRule(c.var.deps, c.req.valid("param").rule_id);
    return c.json(ruleAnswer(c, rule, false), 200);
  })
  .openapi(contract.changeRule, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const request = toRuleRequest(body, c.var.deps.config.currencyDecimals);
    const { answer, replayed } = await changeRule(c.var.deps, keyed, c.req.valid("param").rule_id, request);
    return c.json(ruleAnswer(c, answer, replayed), 200);
  })
  .openapi(contract.deleteRule, async (c) => {
    const keyed = await keyedRequest(c, null);
    const { answer, replayed } = await deleteRule(c.var.deps, keyed, c.req.valid("param").rule_id);
    return c.json(ruleAnswer(c, answer, replayed), 200);
  });

function ruleAnswer(c: AppContext, rule: StoredRule, replayed: boolean) {
  if (replayed) c.header("Idempotency-Replayed", "true");
  sayVersion(c, rule.updatedAtMs);
  return toRuleJson(rule, c.var.deps.config.currencyDecimals);
}
