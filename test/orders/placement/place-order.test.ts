import { beforeAll, describe, it, vi } from "vitest";
import { bodyOf, inStock, lineOf, newKey, placed, send, show, unitsOf } from "../../support/orders/http.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const ID = /^ORD[0-9A-Z]{26}$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DAY_MS = 86_400_000;

describe("POST /api/v1/orders answers 201", () => {
  it("with every documented field, exactly", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock({ BLR: 5 }, { name: "Toor Dal 1kg", price: 0.1 })];
    const said = {
      customer_name: "Asha Rao",
      customer_email: "asha@example.com",
      customer_phone: "+919845000000",
      delivery_address: "12 MG Road",
      postal_code: "560034",
      country: "IN",
      delivery_method: "in_door",
      notes: "Ring twice",
      payment_method: "cod",
    };

    const { status, headers, body } = await send(bodyOf([lineOf(rice, 2), lineOf(dal, 3)], said));

    const { order_id: orderId } = body;
    const from = (productId: string, quantity: number) => [
      { warehouse_id: "BLR", quantity, shipped: 0, cancelled: 0, short: 0, product_id: productId, variant_id: productId },
    ];
    const sold = (productId: string, name: string) => ({
      product_id: productId,
      variant_id: productId,
      sku: `SKU-${productId}`,
      name,
    });
    const plain = { cancelled: 0, discount: 0, applied_rules: [], tax: 0, tax_rate_bps: 0 };
    expect(status).toBe(201);
    expect(headers.get("Location")).toBe(`/api/v1/orders/${String(orderId)}`);
    expect(headers.get("Idempotency-Replayed")).toBeNull();
    expect(body).toEqual({
      ...said,
      order_id: expect.stringMatching(ID),
      order_token: expect.stringMatching(/^[0-9A-Z]{52}$/),
      address: null,
      customer_id: null,
      deleted_at: null,
      status: "PENDING",
      payment_status: "cod",
      fulfillment_status: "unfulfilled",
      stock_short: false,
      payment_due_at: null,
      items: [
        {
          line_no: 1,
          ...sold(rice, "Basmati Rice 1kg"),
          quantity: 2,
          unit_price: 150,
          line_total: 300,
          ...plain,
          allocations: from(rice, 2),
        },
        {
          line_no: 2,
          ...sold(dal, "Toor Dal 1kg"),
          quantity: 3,
          unit_price: 0.1,
          line_total: 0.3,
          ...plain,
          allocations: from(dal, 3),
        },
      ],
      warehouse_id: "BLR",
      ranked_by: "distance",
      promo_code: null,
      subtotal: 300.3,
      discount_total: 0,
      tax_total: 0,
      prices_include_tax: true,
      delivery_cost: 149,
      total: 449.3,
      currency: "INR",
      paid_total: 0,
      refunded_total: 0,
      amount_due: 449.3,
      refund_due: 0,
      created_at: expect.stringMatching(ISO),
      updated_at: body.created_at,
      estimated_delivery_at: expect.stringMatching(ISO),
    });
  });

  it("with the defaults of omitted fields", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));

    expect(order).toMatchObject({
      country: "IN",
      delivery_method: "curbside",
      delivery_cost: 49,
      payment_method: "cod",
      postal_code: null,
      notes: null,
      customer_email: null,
      customer_phone: null,
      delivery_address: null,
      ranked_by: "default",
    });
  });

  it("with a delivery exactly three days after it was made", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));

    const waits = Date.parse(String(order.estimated_delivery_at)) - Date.parse(order.created_at);
    expect(waits).toBe(3 * DAY_MS);
    expect(Math.abs(Date.now() - Date.parse(order.created_at))).toBeLessThan(60_000);
  });

  it("and takes the units out of what is available at once; they stand on the shelf until the order is completed", async ({
    expect,
  }) => {
    const rice = await inStock(5);

    const { order_id: orderId } = await placed(bodyOf([lineOf(rice, 2)]));

    const [onHand = 0, reserved = 0, allocated = 0] = (await unitsOf(rice)).BLR ?? [];
    expect([onHand, onHand - reserved - allocated]).toEqual([5, 3]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 2] }));
    await move(orderId, "PROCESSING");
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 2] });
    await move(orderId, "COMPLETED");
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [3, 0] }));
  });

  it("with our name and price of each line, even when the body has others", async ({ expect }) => {
    const rice = await inStock(2);
    const lines = [{ ...lineOf(rice, 2), name: "Free rice", unit_price: 1, price: "0.01" }];

    const order = await placed({ customer_name: "Asha", items: lines });

    expect(order).toMatchObject({ status: "PENDING", subtotal: 300, total: 349, currency: "INR" });
    expect(order.items).toMatchObject([{ name: "Basmati Rice 1kg", unit_price: 150 }]);
  });

  it("to text with SQL, script and any alphabet, which is stored as text", async ({ expect }) => {
    const rice = await inStock(1);
    const texts = {
      customer_name: `Robert'); DROP TABLE orders;--`,
      customer_phone: `' OR '1'='1`,
      delivery_address: `<script>alert("x")</script> \t\n \u202E ಬೆಂಗಳೂರು 🛒`,
      notes: `"}],"status":"CANCELLED" \\ %s {{7*7}} \${7*7}`,
    };

    const order = await placed(bodyOf([rice], texts));

    expect(order).toMatchObject(texts);
    const { body } = await show(order.order_id, { token: order.order_token });
    expect(body).toMatchObject({ ...texts, status: "PENDING" });
  });

  it("with unguessable ids, and a token for each", async ({ expect }) => {
    const rice = await inStock(3);

    const orders = [await placed(bodyOf([rice])), await placed(bodyOf([rice])), await placed(bodyOf([rice]), { key: newKey() })];

    expect(new Set(orders.map((order) => order.order_id)).size).toBe(3);
    expect(new Set(orders.map((order) => order.order_token)).size).toBe(3);
  });

  it("in three hops, for any number of lines", async ({ expect }) => {
    const [one, ...more] = [await inStock(2), await inStock(1), await inStock(1), await inStock(1)];

    const single = await send(bodyOf([one]));
    const several = await send(bodyOf([one, ...more]));

    expect([single.status, several.status]).toEqual([201, 201]);
    expect([single, several].map(({ headers }) => /hops;desc="(\d+)"/.exec(headers.get("Server-Timing") ?? "")?.[1])).toEqual([
      "3",
      "3",
    ]);
  });
});
