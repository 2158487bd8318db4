import { beforeAll, describe, it } from "vitest";
import { appWith } from "../../support/http/app.ts";
import { bodyOf, lineOf, type OrderBody, ORDERS, placed, type ProblemBody, read, show } from "../../support/orders/http.ts";
import { insertPromo, setTaxRate } from "../../support/pricing/promo.ts";
import { newId, product, receive } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

/** A product of a category of its own, with units in BLR. */
async function inCategory(units: number, price: number): Promise<{ productId: string; category: string }> {
  const category = newId("category");
  const { productId } = await product({ price, category });
  await receive(productId, units);
  return { productId, category };
}

describe("the taxes of an order", () => {
  it("are included in the prices, line by line, by destination and category", async ({ expect }) => {
    const [food, toy] = [await inCategory(5, 105), await inCategory(5, 100)];
    await setTaxRate("IN", food.category, 500);
    await setTaxRate("IN", toy.category, 1_800);
    await setTaxRate("US", food.category, 1);

    const order = await placed(bodyOf([lineOf(food.productId, 2), toy.productId]));

    // In 210.00 at 5 %: 10.00; in 100.00 at 18 %: 15.254….
    expect(order.items).toMatchObject([
      { line_total: 210, tax: 10, tax_rate_bps: 500 },
      { line_total: 100, tax: 15.25, tax_rate_bps: 1_800 },
    ]);
    expect(order).toMatchObject({ subtotal: 310, tax_total: 25.25, prices_include_tax: true, delivery_cost: 49, total: 359 });
  });

  it("are added, after discounts, where the shop's prices exclude them, and are part of the expected total", async ({
    expect,
  }) => {
    const { productId, category } = await inCategory(5, 100);
    await setTaxRate("IN", category, 1_800);
    const { code } = await insertPromo();
    const ask = appWith({ pricesIncludeTax: false });
    const sendTo = async (more: object) => {
      const init = { method: "POST", headers: { "Content-Type": "application/json" } };
      return read<OrderBody & ProblemBody>(
        await ask(ORDERS, { ...init, body: JSON.stringify(bodyOf([productId], { promo_code: code, ...more })) }),
      );
    };

    const refused = await sendTo({ expected_total: 139 });
    const order = await sendTo({ expected_total: 155.2 });

    // 100.00 less 10.00; 18 % of 90.00 is 16.20; delivery 49.00.
    expect([refused.status, order.status]).toEqual([409, 201]);
    expect(refused.body.quote).toMatchObject({ tax_total: 16.2, prices_include_tax: false, total: 155.2 });
    expect(order.body.items).toMatchObject([{ discount: 10, line_total: 90, tax: 16.2, tax_rate_bps: 1_800 }]);
    expect(order.body).toMatchObject({ subtotal: 100, discount_total: 10, tax_total: 16.2, total: 155.2 });
    expect((await show(order.body.order_id, { token: order.body.order_token })).body).toMatchObject({
      prices_include_tax: false,
      tax_total: 16.2,
      items: order.body.items,
    });
  });
});

describe("the tax of delivery", () => {
  it("is none by default; where the shop taxes it, it is the country's default rate, included or added, and the cart shows it", async ({
    expect,
  }) => {
    await setTaxRate("IN", "", 1_000);
    const { productId } = await inCategory(50, 100);
    const totals = [];
    for (const config of [{}, { taxDelivery: true }, { taxDelivery: true, pricesIncludeTax: false }]) {
      const ask = appWith(config);
      const init = (body: object) => ({
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      const { body: cart } = await read<{ cart_id: string }>(await ask("/api/v1/carts", init({})));
      const added = await read<{ deliveries: { delivery_method: string; total: number }[] }>(
        await ask(`/api/v1/carts/${cart.cart_id}/items`, init({ product_id: productId, quantity: 1 })),
      );
      const { body: order } = await read<OrderBody>(
        await ask("/api/v1/checkout", init({ cart_id: cart.cart_id, customer_name: "Asha" })),
      );
      const shown = added.body.deliveries.find(({ delivery_method: method }) => method === "curbside")?.total;
      totals.push([order.tax_total, order.total, shown]);
    }
    await setTaxRate("IN", "", 0);

    // Of 100.00 and 49.00 for delivery, at 10 %: 9.09 included in the goods and 4.45 in delivery, or 10.00 and 4.90 added.
    expect(totals).toEqual([
      [9.09, 149, 149],
      [13.54, 149, 149],
      [14.9, 163.9, 163.9],
    ]);
  });
});
