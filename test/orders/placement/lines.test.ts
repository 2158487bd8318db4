import { beforeAll, describe, it } from "vitest";
import { bodyOf, inStock, lineOf, placed, send } from "../../support/orders/http.ts";
import { newId, receive } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

describe("an order", () => {
  it("accepts the short form, by the product's id and by a SKU", async ({ expect }) => {
    const rice = await inStock(5);

    const [byId, bySku] = [
      await placed({ item: rice, quantity: 2, customer_name: "john doe" }),
      await placed({ item: `SKU-${rice}`, quantity: 1, customer_name: "john doe" }),
    ];

    expect(byId).toMatchObject({ customer_name: "john doe", items: [{ product_id: rice, quantity: 2, line_total: 300 }] });
    await inStock(1, { sku: "RICE 1 KG / ಅಕ್ಕಿ" });
    const byOddSku = await placed({ item: "RICE 1 KG / ಅಕ್ಕಿ", quantity: 1, customer_name: "john doe" });

    expect(byOddSku.items).toMatchObject([{ sku: "RICE 1 KG / ಅಕ್ಕಿ" }]);
    expect(bySku).toMatchObject({ items: [{ product_id: rice, sku: `SKU-${rice}`, quantity: 1 }] });
  });

  it("sells several lines of one variant as one line, summed", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5)];

    const order = await placed(bodyOf([lineOf(rice, 1), dal, lineOf(rice, 3, rice)]));

    expect(order.items).toMatchObject([
      { product_id: rice, quantity: 4, line_total: 600, allocations: [{ quantity: 4 }] },
      { product_id: dal, quantity: 1 },
    ]);
  });

  it("treats null and blank optional fields as absent", async ({ expect }) => {
    const rice = await inStock(2);
    const empty = { customer_email: "", customer_phone: null, delivery_address: " ", postal_code: "", notes: null };

    const order = await placed(bodyOf([rice], empty));

    const absent = { customer_email: null, customer_phone: null, delivery_address: null, postal_code: null, notes: null };
    expect(order).toMatchObject(absent);
  });

  it("is refused where its total would be too large to be exact", async ({ expect }) => {
    const dear = await inStock(10_000, { price: 10_000_000_000 });

    const { status, body } = await send(bodyOf([lineOf(dear, 10_000)]));

    expect([status, body]).toMatchObject([422, { code: "validation_failed", errors: [{ field: "items" }] }]);
  });

  it("sells the variant that is named, with its name and SKU", async ({ expect }) => {
    const id = newId("shirt");
    const variants = ["S", "M"].map((size) => ({ variant_id: `${id}-${size}`, sku: `SKU-${id}-${size}`, name: size }));
    await inStock({}, { product_id: id, name: "Shirt", variants });
    const M = `${id}-M`;
    await receive(id, 1, { variantId: M });

    const named = await placed(bodyOf([lineOf(id, 1, M)]));
    const sku = { item: `SKU-${id}-S`, quantity: 1, customer_name: "Asha" };

    expect(named.items).toMatchObject([{ variant_id: M, sku: `SKU-${M}`, name: "Shirt, M" }]);
    expect((await send(sku)).body).toMatchObject({ code: "insufficient_stock", stock_errors: [{ variant_id: `${id}-S` }] });
  });
});
