import { beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { bodyOf, inStock, newKey, send } from "../../support/orders/http.ts";
import { availableAt, stocked } from "../../support/orders/orders.ts";
import { ordersUsing, insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { quiet } from "../../support/orders/quiet.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

describe("a promo code limited to 20 orders", () => {
  it("is used by exactly 20 of 200 at once; the others get the used-up code, and no unit is lost", async ({ expect }) => {
    const [shoppers, limit] = [200, 20];
    const productId = await stocked(shoppers);
    const { code, ruleId } = await insertPromo({ usageLimit: limit });
    const body = bodyOf([productId], { promo_code: code });

    // Every second one has a key, so that both ways of refusing are in it.
    const answers = await Promise.all(
      Array.from({ length: shoppers }, (_, index) => send(body, index % 2 === 0 ? { key: newKey() } : {})),
    );
    await quiet([productId]);

    const refused = answers.filter(({ status }) => status !== 201);
    expect(answers.filter(({ status }) => status === 201).length).toBe(limit);
    expect(new Set(refused.map(({ status, body: problem }) => `${status} ${problem.code}`))).toEqual(
      new Set(["409 total_changed"]),
    );
    for (const { body: problem } of refused) {
      expect(problem.quote).toMatchObject({
        total: 199,
        refused_rules: [{ rule_id: ruleId, promo_code: code, reason: "used_up" }],
      });
    }
    expect([await useCounts(ruleId), await ordersUsing(code)]).toEqual([{ all: limit, customers: {} }, limit]);
    expect(await availableAt(productId)).toBe(shoppers - limit);
    await expectInvariants(expect, new Map([[productId, shoppers]]));
  });

  it("limited for each customer too, is used by each up to that limit", async ({ expect }) => {
    const productId = await stocked(40);
    const { code, ruleId } = await insertPromo({ usageLimit: 20, usageLimitPerCustomer: 3 });
    const users = [await userOf(), await userOf()];
    const body = bodyOf([productId], { promo_code: code });

    const answers = await Promise.all(
      users.flatMap(({ token }) => Array.from({ length: 15 }, async () => ({ token, answer: await send(body, { token }) }))),
    );
    await quiet([productId]);

    for (const { token } of users) {
      const statuses = answers.filter((each) => each.token === token).map(({ answer }) => answer.status);
      expect(statuses.filter((status) => status === 201).length).toBe(3);
      expect(statuses.filter((status) => status === 409).length).toBe(12);
    }
    const refused = answers.filter(({ answer }) => answer.status === 409).map(({ answer }) => answer.body.quote);
    for (const quote of refused) {
      expect(quote).toMatchObject({ refused_rules: [{ promo_code: code, reason: "used_up_by_customer" }] });
    }
    expect(await useCounts(ruleId)).toEqual({
      all: 6,
      customers: Object.fromEntries(users.map(({ userId }) => [userId, 3])),
    });
    await expectInvariants(expect, new Map([[productId, 40]]));
  });

  it("limited only for each customer, is refused for a guest with the reason", async ({ expect }) => {
    const rice = await inStock(1);
    const { code } = await insertPromo({ usageLimitPerCustomer: 1 });

    const { status, body } = await send(bodyOf([rice], { promo_code: code }));

    expect([status, body.quote]).toMatchObject([409, { refused_rules: [{ promo_code: code, reason: "account_needed" }] }]);
  });
});

describe("the answer to an order whose code is used up", () => {
  it("names the code, and the total without it", async ({ expect }) => {
    const rice = await inStock(5);
    const { code, ruleId } = await insertPromo({ usageLimit: 1 });
    await send(bodyOf([rice], { promo_code: code }));

    const { status, body } = await send(bodyOf([rice], { promo_code: code, expected_total: 184 }));

    expect([status, body.code]).toEqual([409, "total_changed"]);
    expect(body).toMatchObject({
      expected_total: 184,
      quote: { total: 199, refused_rules: [{ rule_id: ruleId, promo_code: code, reason: "used_up" }] },
    });
  });
});
