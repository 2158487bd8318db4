import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import type { Query } from "../../src/db/client.ts";
import { failedConstraint } from "../../src/writes/constraint.ts";
import { countUses, returnUsesOf, USE_LIMIT_CHECKS } from "../../src/pricing/use-queries.ts";
import { planOf, scansIn } from "../support/cost/plan.ts";
import { insertRule } from "../support/pricing/pricing.ts";
import { useCounts } from "../support/pricing/promo.ts";

const { db } = bindDeps(env, { waitUntil: () => {} }).deps;

/** @returns the constraint that fails a batch; `undefined` where it succeeds */
async function run(...queries: Query<unknown>[]): Promise<string | undefined> {
  return db.batch("run", { queries }).then(() => undefined, failedConstraint);
}

describe("a use of a limited rule", () => {
  it("is counted up to the limit; the next one fails its whole batch with the CHECK's name", async ({ expect }) => {
    const { ruleId } = await insertRule({ usageLimit: 2 });
    const other = await insertRule({ usageLimit: 9 });
    const [count, both] = [
      countUses([{ ruleId, customerId: null }]),
      countUses([other, { ruleId }].map((rule) => ({ ruleId: rule.ruleId, customerId: null }))),
    ];

    const failed = [await run(...count), await run(...count), await run(...both)];

    expect(failed).toEqual([undefined, undefined, "pricing_rules_used"]);
    expect([await useCounts(ruleId), await useCounts(other.ruleId)].map(({ all }) => all)).toEqual([2, 0]);
    expect(USE_LIMIT_CHECKS.has("pricing_rules_used")).toBe(true);
  });

  it("is counted per customer up to the rule's current limit", async ({ expect }) => {
    const { ruleId } = await insertRule({ usageLimitPerCustomer: 1 });
    const [asha, ravi] = ["asha", "ravi"].map((customerId) => countUses([{ ruleId, customerId }]));

    const failed = [await run(...(asha ?? [])), await run(...(asha ?? [])), await run(...(ravi ?? []))];
    await env.DB.prepare("UPDATE pricing_rules SET usage_limit_per_customer = 2 WHERE rule_id = ?").bind(ruleId).run();
    const raised = [await run(...(asha ?? [])), await run(...(asha ?? []))];

    expect(failed).toEqual([undefined, "rule_customers_used", undefined]);
    expect(raised).toEqual([undefined, "rule_customers_used"]);
    expect(USE_LIMIT_CHECKS.has("rule_customers_used")).toBe(true);
    expect(await useCounts(ruleId)).toEqual({ all: 3, customers: { asha: 2, ravi: 1 } });
  });

  it("is returned once per counted use, and never below zero", async ({ expect }) => {
    const { ruleId } = await insertRule({ usageLimitPerCustomer: 5 });
    const uses = [{ ruleId, customerId: "asha" }];
    await run(...countUses(uses), ...countUses(uses), ...countUses([{ ruleId, customerId: null }]));

    await run(...returnUsesOf(uses));
    const once = await useCounts(ruleId);
    await run(...returnUsesOf(uses), ...returnUsesOf(uses), ...returnUsesOf(uses));

    expect(once).toEqual({ all: 2, customers: { asha: 1 } });
    expect(await useCounts(ruleId)).toEqual({ all: 0, customers: { asha: 0 } });
  });

  it("of a deleted rule changes nothing", async ({ expect }) => {
    const uses = [{ ruleId: "gone", customerId: "asha" }];

    expect([await run(...countUses(uses)), await run(...returnUsesOf(uses))]).toEqual([undefined, undefined]);
    expect(await useCounts("gone")).toEqual({ all: null, customers: {} });
  });

  it("is counted for any number of rules, within D1's limit of parameters", async ({ expect }) => {
    const rules = await Promise.all(Array.from({ length: 101 }, () => insertRule({ usageLimit: 1 })));
    const uses = rules.map(({ ruleId }) => ({ ruleId, customerId: "asha" }));

    const failed = await run(...countUses(uses));

    expect(failed).toBeUndefined();
    const counted = await Promise.all(rules.map(({ ruleId }) => useCounts(ruleId)));
    expect(counted).toEqual(rules.map(() => ({ all: 1, customers: { asha: 1 } })));
  });

  it("needs no statement for an order without uses", ({ expect }) => {
    expect([countUses([]), returnUsesOf([])]).toEqual([[], []]);
  });

  it("is found by primary key, without a scan", async ({ expect }) => {
    const uses = [{ ruleId: "R", customerId: "asha" }];
    const plans = await Promise.all([...countUses(uses), ...returnUsesOf(uses)].map(planOf));

    expect(plans.map((plan) => plan.filter((step) => /SEARCH (pricing_rules|rule_customers)/.test(step)).length)).toEqual([
      1, 1, 1, 1,
    ]);
    expect(plans.flatMap(scansIn).filter((step) => /pricing_rules|rule_customers/.test(step))).toEqual([]);
  });
});
