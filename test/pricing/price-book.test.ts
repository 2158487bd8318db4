import { env } from "cloudflare:workers";
import { afterEach, describe, it } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { prepare } from "../../src/db/client.ts";
import type { Deps } from "../../src/deps.ts";
import { type PriceBook, pricingQuery } from "../../src/pricing/price-book.ts";
import { bumpVersion, insertRule } from "../support/pricing/pricing.ts";

type Asked = Parameters<typeof pricingQuery>[1];

const NOBODY: Asked = { promoCodes: [], customerId: null };

/** Real deps with a cache of their own, like another isolate. */
function isolate(): Deps {
  return { ...bindDeps(env, { waitUntil: () => {} }).deps, cache: {} };
}

async function ask(deps: Deps, asked: Asked = NOBODY): Promise<PriceBook & { rowsRead: number }> {
  const query = pricingQuery(deps, asked);
  const result = await prepare(env.DB, query.statement).all();
  return { ...query.read(result), rowsRead: result.meta.rows_read };
}

async function used(ruleId: string, customerId: string, times: number): Promise<void> {
  await env.DB.prepare("INSERT INTO rule_customers VALUES (?, ?, ?, 9)").bind(ruleId, customerId, times).run();
}

afterEach(async () => {
  await env.DB.batch(["pricing_rules", "rule_customers", "tax_rates"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  await bumpVersion();
});

describe("the price book", () => {
  it("has every active rule as it was written, and every tax rate", async ({ expect }) => {
    const rule = await insertRule({ promoCode: "DIWALI", userTier: "gold", stackable: false, usageLimit: 3, endAtMs: 9 });
    await insertRule({ isActive: false });
    await env.DB.prepare("INSERT INTO tax_rates VALUES ('IN', '', 1800), ('IN', 'Staples', 500)").run();

    const { rules, taxes } = await ask(isolate());

    expect(rules).toEqual([rule]);
    expect(taxes).toEqual([
      { country: "IN", category: "", rateBps: 1_800 },
      { country: "IN", category: "Staples", rateBps: 500 },
    ]);
  });

  it("reads one row if there are no rules, or none have changed", async ({ expect }) => {
    const deps = isolate();

    const first = await ask(deps);
    const empty = await ask(deps);
    for (let count = 0; count < 30; count += 1) await insertRule();
    await bumpVersion();
    const changed = await ask(deps);
    const known = await ask(deps);

    expect(first.rowsRead).toBeLessThanOrEqual(3);
    expect(empty.rowsRead).toBe(1);
    expect(changed.rules).toHaveLength(30);
    expect(known.rules).toEqual(changed.rules);
    expect(known.rowsRead).toBe(1);
  });

  it("reads at most five rows for a promo code with both limits, for any number of rules", async ({ expect }) => {
    const deps = isolate();
    for (let count = 0; count < 30; count += 1) await insertRule({ promoCode: `CODE${count}`, usageLimit: 5 });
    const { ruleId } = await insertRule({ promoCode: "BOTH", usageLimit: 5, usageLimitPerCustomer: 2, used: 4 });
    await used(ruleId, "U1", 1);
    await used(ruleId, "U2", 2);
    await bumpVersion();
    await ask(deps);

    const { uses, rowsRead } = await ask(deps, { promoCodes: ["BOTH", "BOTH"], customerId: "U1" });

    expect([...uses]).toEqual([[ruleId, { used: 4, usedByCustomer: 1 }]]);
    expect(rowsRead).toBeLessThanOrEqual(5);
  });

  it("counts the uses of limited rules without a code for any given codes, and none for a guest", async ({ expect }) => {
    const { ruleId } = await insertRule({ usageLimitPerCustomer: 2, used: 7 });
    await used(ruleId, "U1", 2);
    await insertRule();
    const odd = { promoCodes: [`"'; --`, "", "\u0000"], customerId: null };

    expect([...(await ask(isolate(), { promoCodes: ["NONE"], customerId: "U1" })).uses]).toEqual([
      [ruleId, { used: 7, usedByCustomer: 2 }],
    ]);
    expect([...(await ask(isolate(), odd)).uses]).toEqual([[ruleId, { used: 7, usedByCustomer: 0 }]]);
  });

  it("is current from the first query after a change", async ({ expect }) => {
    const deps = isolate();
    await insertRule();
    await bumpVersion();
    const before = await ask(deps);

    await env.DB.prepare("UPDATE pricing_rules SET discount_value = 1").run();
    await bumpVersion();

    expect(before.rules).toMatchObject([{ discountValue: 1_000 }]);
    expect((await ask(deps)).rules).toMatchObject([{ discountValue: 1 }]);
  });

  it("never replaces a newer list by an older one that was answered later", async ({ expect }) => {
    const deps = isolate();
    const slow = pricingQuery(deps, NOBODY);
    const late = await prepare(env.DB, slow.statement).all();
    await insertRule();
    await bumpVersion();
    const newer = await ask(deps);

    const older = slow.read(late);

    expect(older.rules).toEqual([]);
    expect(deps.cache.pricing?.rules).toEqual(newer.rules);
  });

  it("uses the list that was cached when the query was built, even if the cache was cleared since", async ({ expect }) => {
    const deps = isolate();
    await insertRule();
    await bumpVersion();
    await ask(deps);
    const query = pricingQuery(deps, NOBODY);
    const result = await prepare(env.DB, query.statement).all();
    delete deps.cache.pricing;

    expect(query.read(result).rules).toHaveLength(1);
  });
});
