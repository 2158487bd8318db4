import { beforeAll, describe, it } from "vitest";
import { appWith } from "../../support/http/app.ts";
import { callerOf, identifying } from "../../support/accounts/callers.ts";
import { get } from "../../support/http/requests.ts";
import { bodyOf, footprint, inStock, lineOf, type OrderBody, ORDERS } from "../../support/orders/http.ts";
import { placed, read, send, show } from "../../support/orders/http.ts";
import { bumpVersion, insertRule } from "../../support/pricing/pricing.ts";
import { insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

describe("an order with a promo code", () => {
  it("has it deducted from each line, with the rule, when it is placed, read and listed", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5, { name: "Toor Dal 1kg", price: 0.15 })];
    const { code, ruleId } = await insertPromo({ name: "Welcome" });

    const order = await placed(bodyOf([lineOf(rice, 2), lineOf(dal, 1)], { promo_code: ` ${code.toLowerCase()} ` }));

    const rule = { rule_id: ruleId, name: "Welcome" };
    const sums = {
      promo_code: code,
      subtotal: 300.15,
      discount_total: 30.02,
      tax_total: 0,
      prices_include_tax: true,
      delivery_cost: 49,
      total: 319.13,
    };
    expect(order).toMatchObject({
      ...sums,
      items: [
        { unit_price: 150, discount: 30, applied_rules: [{ ...rule, amount: 30 }], line_total: 270 },
        // 10 % of 0.15 is 0.015, half away from zero.
        { unit_price: 0.15, discount: 0.02, applied_rules: [{ ...rule, amount: 0.02 }], line_total: 0.13 },
      ],
    });
    const { body } = await show(order.order_id, { token: order.order_token });
    expect(body).toMatchObject({ ...sums, items: order.items });
    const list = await read<{ orders: OrderBody[] }>(await get(`${ORDERS}?q=${order.order_id}`, { admin: true }));
    expect(list.body.orders).toMatchObject([sums]);
  });

  it("is refused where the code takes nothing off, with the total and the reason, and reserves nothing", async ({ expect }) => {
    const rice = await inStock(5);
    const { code, ruleId } = await insertPromo({ minQuantity: 3 });
    const before = await footprint(rice);

    const { status, headers, body } = await send(bodyOf([rice], { promo_code: code }));

    expect([status, headers.get("Content-Type")]).toEqual([409, "application/problem+json"]);
    expect(body).toEqual({
      type: "/docs/errors#total_changed",
      title: "The total differs from the expected total",
      status: 409,
      code: "total_changed",
      detail: `The promo code ${code} takes nothing off. The total is 199 INR.`,
      request_id: headers.get("X-Request-Id"),
      expected_total: null,
      quote: {
        subtotal: 150,
        discount_total: 0,
        tax_total: 0,
        prices_include_tax: true,
        delivery_cost: 49,
        total: 199,
        currency: "INR",
        items: [
          {
            product_id: rice,
            variant_id: rice,
            sku: `SKU-${rice}`,
            name: "Basmati Rice 1kg",
            quantity: 1,
            unit_price: 150,
            discount: 0,
            applied_rules: [],
            line_total: 150,
            tax: 0,
            tax_rate_bps: 0,
          },
        ],
        refused_rules: [{ rule_id: ruleId, promo_code: code, reason: "quantity_too_small" }],
      },
    });
    expect(await footprint(rice)).toEqual(before);
  });

  it("is refused for an unknown code, and placed without it where that total is expected", async ({ expect }) => {
    const rice = await inStock(5);
    const unknown = { promo_code: "no-such-code" };

    const refused = await send(bodyOf([rice], unknown));
    const placedAnyway = await send(bodyOf([rice], { ...unknown, expected_total: 199 }));

    expect([refused.status, placedAnyway.status]).toEqual([409, 201]);
    expect(refused.body.quote).toMatchObject({
      refused_rules: [{ rule_id: null, promo_code: "NO-SUCH-CODE", reason: "promo_code_unknown" }],
    });
    expect(placedAnyway.body).toMatchObject({ promo_code: "NO-SUCH-CODE", discount_total: 0, total: 199 });
  });

  it("that is empty is an order without one", async ({ expect }) => {
    expect(await placed(bodyOf([await inStock(1)], { promo_code: " " }))).toMatchObject({ promo_code: null, total: 199 });
  });

  it("counts one use for any number of lines, and an order without the code none", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5)];
    const { code, ruleId } = await insertPromo({ usageLimit: 2 });

    await placed(bodyOf([lineOf(rice, 2), dal], { promo_code: code }));
    await placed(bodyOf([rice]));

    expect(await useCounts(ruleId)).toEqual({ all: 1, customers: {} });
  });

  it("is first refused for sold out or unknown products", async ({ expect }) => {
    const { code } = await insertPromo({ minQuantity: 3 });

    expect((await send(bodyOf(["nothing"], { promo_code: code }))).body.code).toBe("insufficient_stock");
  });
});

describe("an order with an expected total", () => {
  it("is placed where its total is that, with or without a code", async ({ expect }) => {
    const rice = await inStock(5);
    const { code } = await insertPromo();

    const orders = [
      await placed(bodyOf([rice], { expected_total: 199 })),
      await placed(bodyOf([rice], { promo_code: code, expected_total: 184 })),
    ];

    expect(orders.map(({ total }) => total)).toEqual([199, 184]);
  });

  it("may be far above the largest price", async ({ expect }) => {
    const rice = await inStock(3, { price: 9_999_999_999.99 });

    const order = await placed(bodyOf([lineOf(rice, 3)], { expected_total: 30_000_000_048.97 }));

    expect(order.total).toBe(30_000_000_048.97);
  });

  it.for([
    ["more", 199.01],
    ["less", 198.99],
    ["nothing", 0],
  ] as const)("of %s than its total is refused with the new quote, and reserves nothing", async ([, expected], { expect }) => {
    const rice = await inStock(5);
    const before = await footprint(rice);

    const { status, body } = await send(bodyOf([rice], { expected_total: expected }));

    expect([status, body.code, body.expected_total]).toEqual([409, "total_changed", expected]);
    expect(body.detail).toBe(`The total is 199 INR. ${expected} was expected.`);
    expect(body.quote).toMatchObject({ subtotal: 150, total: 199, refused_rules: [] });
    expect(await footprint(rice)).toEqual(before);
  });
});

describe("an order of a customer", () => {
  it("has the prices of the customer's tier, and an order of staff or a guest has not", async ({ expect }) => {
    const rice = await inStock(9);
    await insertRule({ type: "user_tier_percentage", userTier: "gold", productId: rice });
    await bumpVersion();
    const ask = appWith(
      {},
      identifying({
        gold: { ...callerOf("customer", newId("asha")), tier: "gold" },
        silver: { ...callerOf("customer", newId("ravi")), tier: "silver" },
        staff: { ...callerOf("staff", newId("mira")), tier: "gold" },
      }),
    );
    const totalFor = async (token: string) => {
      const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
      const { body } = await read<OrderBody>(
        await ask(ORDERS, { method: "POST", headers, body: JSON.stringify(bodyOf([rice])) }),
      );
      return body.total;
    };

    const totals = [
      await totalFor("gold"),
      await totalFor("silver"),
      await totalFor("staff"),
      (await placed(bodyOf([rice]))).total,
    ];

    expect(totals).toEqual([184, 199, 199, 199]);
  });
});
