import { afterEach, describe, it } from "vitest";
import { tierFor } from "../../src/pricing/verify-tier.ts";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { createdProduct } from "../support/shop/catalog.ts";
import { bumpVersion, customerOfTier, getPrice, insertActiveRule } from "../support/pricing/pricing.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

afterEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

describe("the tier of a price", () => {
  it("is the customer's own by default, and none for a guest", async ({ expect }) => {
    const id = await createdProduct({ price: 100 });
    const rule = await insertActiveRule({ type: "user_tier_percentage", userTier: "gold", discountValue: 2_500 });
    const { token } = await customerOfTier("gold");

    expect(await getPrice(id, "", { token })).toMatchObject({ total_after_discount: 75 });
    expect(await getPrice(id, "user_tier=gold", { token })).toMatchObject({ total_after_discount: 75 });
    expect(await getPrice(id)).toMatchObject({
      total_after_discount: 100,
      refused_rules: [{ rule_id: rule, reason: "other_tier" }],
    });
  });

  it("may be chosen by staff and by keys with the right alone", async ({ expect }) => {
    const id = await createdProduct({ price: 100 });
    await insertActiveRule({ type: "user_tier_percentage", userTier: "gold", discountValue: 2_500 });
    const tokens = {
      guest: undefined,
      silver: (await customerOfTier("silver")).token,
      keyWithout: (await keyOf([])).key,
      key: (await keyOf(["pricing:choose_tier"])).key,
      staff: (await userOf("staff")).token,
    };

    const asked = Object.entries(tokens).map(async ([name, token]) => {
      const {
        http,
        code,
        total_after_discount: total,
      } = await getPrice(id, "user_tier=gold", token === undefined ? {} : { token });
      return [name, http, http === 200 ? total : code];
    });

    expect(await Promise.all(asked)).toEqual([
      ["guest", 403, "tier_not_verified"],
      ["silver", 403, "tier_not_verified"],
      ["keyWithout", 403, "tier_not_verified"],
      ["key", 200, 75],
      ["staff", 200, 75],
    ]);
  });

  it("is the requested one if it is the caller's own or the caller may choose; by default the own one, or none", ({ expect }) => {
    expect([tierFor(undefined, undefined, false), tierFor(undefined, "silver", true)]).toEqual([null, "silver"]);
    expect([tierFor("gold", "gold", false), tierFor("gold", "silver", true), tierFor("gold", undefined, true)]).toEqual([
      "gold",
      "gold",
      "gold",
    ]);
    expect([tierFor("gold", "silver", false), tierFor("standard", undefined, false)]).toEqual([undefined, undefined]);
  });
});
