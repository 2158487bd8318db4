import { beforeAll, describe, it } from "vitest";
import { bodyOf, cartOf, putItem, readCart } from "../support/carts/carts.ts";
import { post } from "../support/http/requests.ts";
import { inStock, type OrderBody, read } from "../support/orders/http.ts";
import { insertPromo } from "../support/pricing/promo.ts";
import { demoWarehouses } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

describe("a cart", () => {
  it("shows for each delivery method the very total that checkout charges", async ({ expect }) => {
    const { code } = await insertPromo({ discountValue: 1_234 });
    const charged: Record<string, unknown> = {};
    const shown: Record<string, unknown> = {};
    for (const method of ["curbside", "self_service"]) {
      const cartId = await cartOf({ [await inStock(9, { price: 33.33 })]: 2 });
      await bodyOf(putItem(cartId, await inStock(1, { price: 7.77 }), 1, { promo_code: code }));
      const { totals, deliveries } = await readCart(cartId);
      const delivery = deliveries.find(({ delivery_method: each }) => each === method);
      shown[method] = delivery?.total;
      expect(delivery?.total).toBeCloseTo(totals.total + (delivery?.delivery_cost ?? 0), 2);
      const body = { cart_id: cartId, customer_name: "Asha", delivery_method: method };
      charged[method] = (await read<OrderBody>(await post("/api/v1/checkout", body))).body.total;
    }

    expect(shown).toEqual(charged);
    expect(shown["curbside"]).not.toBe(shown["self_service"]);
  });
});
