import { env } from "cloudflare:workers";
import { afterEach, describe, it } from "vitest";
import { prepare } from "../../src/db/client.ts";
import { findRuleWindow } from "../../src/pricing/rule-queries.ts";
import { get } from "../support/http/requests.ts";
import { bumpVersion, insertRule, RULES } from "../support/pricing/pricing.ts";
import { planOf, scansIn } from "../support/cost/plan.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

interface Page {
  pricing_rules: { rule_id: string }[];
  next_cursor: string | null;
}

async function page(query = ""): Promise<Page & { rowsRead: number; status: number }> {
  const response = await get(`${RULES}?${query}`, { admin: true });
  const rowsRead = Number(/(\d+) rows read/.exec(response.headers.get("Server-Timing") ?? "")?.[1]);
  return { ...(await response.json<Page>()), rowsRead, status: response.status };
}

/** Every id of a list, page by page; throws where it does not end. */
async function all(query: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor = "";
  for (let pages = 0; pages < 50; pages += 1) {
    const { pricing_rules: rules, next_cursor: next } = await page(`${query}${cursor}`);
    ids.push(...rules.map((rule) => rule.rule_id));
    if (next === null) return ids;
    cursor = `&cursor=${next}`;
  }
  throw new Error("the list does not end");
}

/** Rules of different times, two in each millisecond. @returns newest first */
async function many(count: number, more: Parameters<typeof insertRule>[0] = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { ruleId } = await insertRule({ ...more, ruleId: `L${String(at).padStart(3, "0")}${more.promoCode ?? ""}` });
    await sqlInD1("UPDATE pricing_rules SET created_at_ms = ? WHERE rule_id = ?", Math.floor(at / 2), ruleId);
    ids.push(ruleId);
  }
  return ids.toReversed();
}

afterEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

describe("the list of pricing rules", () => {
  it("has each rule once, newest first, for any page size", async ({ expect }) => {
    const ids = await many(25);

    expect(await all("limit=4")).toEqual(ids);
    expect(await all("limit=100")).toEqual(ids);
    expect((await page()).pricing_rules).toHaveLength(20);
    expect(await page("limit=25")).toMatchObject({ next_cursor: null });
  });

  it("filters by type, by activity and by promo code, also combined", async ({ expect }) => {
    await many(20);
    const wanted = await insertRule({ type: "promo_code_percentage", promoCode: "DIWALI", isActive: false });
    const other = await insertRule({ type: "promo_code_percentage", promoCode: "HOLI" });

    expect(await all("limit=5&promo_code=diwali")).toEqual([wanted.ruleId]);
    expect((await all("limit=5&type=promo_code_percentage")).toSorted()).toEqual([wanted.ruleId, other.ruleId].toSorted());
    expect(await all("limit=5&is_active=false")).toEqual([wanted.ruleId]);
    expect(await all("limit=5&is_active=true&type=promo_code_percentage")).toEqual([other.ruleId]);
    expect(await all("limit=5&is_active=true&promo_code=DIWALI")).toEqual([]);
  });

  it("reads at most three rows per requested rule, for any number of rules and any filter", async ({ expect }) => {
    await many(60);

    for (const query of ["limit=5", "limit=5&promo_code=NONE", "limit=5&is_active=false&type=cart_total"]) {
      expect((await page(query)).rowsRead, query).toBeLessThanOrEqual(3 * 5 + 10);
    }
    expect(scansIn(await planOf(findRuleWindow({ atMs: 9, id: "" }, 5)))).toEqual([]);
    expect((await prepare(env.DB, findRuleWindow({ atMs: 9, id: "" }, 5).statement).all()).results).toHaveLength(5);
  });

  it.for(["limit=0", "limit=101", "limit=x", "cursor=x", "type=x", "is_active=1", "promo_code=", "promo_code=%20a%20b"])(
    "is refused for %s",
    async (query, { expect }) => {
      expect(await page(query)).toMatchObject({
        status: 422,
        code: "validation_failed",
        errors: [{ field: query.split("=")[0] }],
      });
    },
  );
});
