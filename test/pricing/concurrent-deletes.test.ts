import { beforeAll, describe, it } from "vitest";
import { del, get, put } from "../support/http/requests.ts";
import { postRule, patchRule, RULES } from "../support/pricing/pricing.ts";
import { product } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const TAXES = "/api/v1/tax-rates";

/** What the audit log has of a record. */
function logOf(recordId: string): Promise<{ action: string; before: string }[]> {
  return sqlInD1("SELECT action, before FROM audit_log WHERE record_id = ? AND before IS NOT NULL", recordId);
}

const sorted = (numbers: number[]) => numbers.toSorted((a, b) => a - b);

describe("a pricing rule that is deleted and changed concurrently", () => {
  let productId: string;

  beforeAll(async () => {
    ({ productId } = await product());
  });

  it("is deleted once, and changed only while it existed", async ({ expect }) => {
    const { rule_id: id } = await postRule({ product_id: productId });
    const remove = async () => (await del(`${RULES}/${id}`, { admin: true })).status;
    const change = async (priority: number) => (await patchRule(id, { priority })).http;

    const [first, second, ...changes] = await Promise.all([remove(), remove(), change(1), change(2), change(3)]);

    const log = await logOf(id);
    const deletions = log.filter(({ action }) => action === "pricing_rule.delete");
    const changed = log.filter(({ action }) => action === "pricing_rule.change");
    const starts = changed.map(({ before }) => JSON.parse(before) as { priority: number }).map(({ priority }) => priority);
    expect(sorted([first, second])).toEqual([200, 404]);
    expect(deletions).toHaveLength(1);
    expect(changed).toHaveLength(changes.filter((status) => status === 200).length);
    // No two changes began from the same rule.
    expect(new Set(starts).size).toBe(starts.length);
    expect((await get(`${RULES}/${id}`, { admin: true })).status).toBe(404);
  });
});

describe("a tax rate", () => {
  it("is deleted once by concurrent requests", async ({ expect }) => {
    await put(TAXES, { country: "BV", category: null, rate_bps: 500 }, { admin: true });
    const remove = async () => (await del(`${TAXES}?country=BV`, { admin: true })).status;

    const statuses = await Promise.all([remove(), remove(), remove()]);

    expect(sorted(statuses)).toEqual([200, 404, 404]);
    expect(await logOf("BV")).toHaveLength(1);
  });
});
