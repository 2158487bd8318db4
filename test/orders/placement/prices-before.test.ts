import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { bodyOf, cancel, inStock, newKey, placed, show } from "../../support/orders/http.ts";
import { fillOrders } from "../../support/cost/order-rows.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

describe("an order from before there were rules and taxes", () => {
  it("reads as one without discounts", async ({ expect }) => {
    await fillOrders(0, 1);
    await env.DB.exec(
      "INSERT INTO order_items (order_id, line_no, product_id, variant_id, sku, name, quantity, unit_price_minor, line_total_minor) VALUES ('ORDFILL0', 1, 'p', 'p', 'SKU-p', 'Rice', 1, 100, 100)",
    );

    const { body } = await show("ORDFILL0", { admin: true });

    expect(body).toMatchObject({ promo_code: null, discount_total: 0, tax_total: 0, prices_include_tax: true, total: 1 });
    expect(body.items).toMatchObject([{ discount: 0, applied_rules: [], line_total: 1, tax: 0, tax_rate_bps: 0 }]);
  });

  it("is completed in an answer that was kept at that time", async ({ expect }) => {
    const [rice, key] = [await inStock(1), newKey()];
    const { order_id: orderId, order_token: token } = await placed(bodyOf([rice]));
    await cancel(orderId, { token, key });
    await env.DB.prepare(
      `UPDATE idempotency SET answer = json_remove(answer, '$.order.discountMinor', '$.order.taxMinor', '$.order.taxIncluded',
         '$.order.promoCode', '$.order.rulesUsed', '$.order.items[0].discountMinor', '$.order.items[0].taxMinor',
         '$.order.items[0].taxBps', '$.order.items[0].discounts') WHERE answer ->> '$.order.orderId' = ?`,
    )
      .bind(orderId)
      .run();

    const { status, headers, body } = await cancel(orderId, { token, key });

    expect([status, headers.get("Idempotency-Replayed")]).toEqual([200, "true"]);
    expect(body).toMatchObject({ promo_code: null, discount_total: 0, tax_total: 0, prices_include_tax: true, total: 199 });
    expect(body.items).toMatchObject([{ discount: 0, applied_rules: [], tax: 0, tax_rate_bps: 0 }]);
  });
});
