import { afterEach, beforeAll, describe, it } from "vitest";
import { get } from "../support/http/requests.ts";
import { bodyOf, inStock, placed } from "../support/orders/http.ts";
import { bumpVersion, insertRule, patchRule, postRule, RULES } from "../support/pricing/pricing.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);
afterEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

describe("a rule that makes delivery free", () => {
  it("may discount nothing, and must discount something once it no longer does so", async ({ expect }) => {
    const { rule_id: ruleId, http } = await postRule({ discount_value: 0, free_delivery: true, discount_type: "absolute" });

    const off = await patchRule(ruleId, { free_delivery: false });
    const changed = await patchRule(ruleId, { free_delivery: false, discount_value: 5 });
    const zero = await patchRule(ruleId, { discount_value: 0 });

    expect([http, off.http, changed.http, zero.http]).toEqual([201, 422, 200, 422]);
    expect(off).toMatchObject({ errors: [{ field: "discount_value" }] });
  });

  it("is none that an older release wrote", async ({ expect }) => {
    const { ruleId } = await insertRule();
    await sqlInD1(
      `INSERT INTO pricing_rules (rule_id, name, type, discount_type, discount_value, priority, stackable, is_active, used, created_at_ms, updated_at_ms)
       SELECT 'OLD', name, type, discount_type, discount_value, priority, stackable, is_active, used, created_at_ms, updated_at_ms
       FROM pricing_rules WHERE rule_id = ?`,
      ruleId,
    );
    await bumpVersion();

    expect(await (await get(`${RULES}/OLD`, { admin: true })).json()).toMatchObject({ free_delivery: false, discount_value: 10 });
    expect((await placed(bodyOf([await inStock(1)]))).delivery_cost).toBe(49);
  });
});
