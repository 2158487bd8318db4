import { beforeAll, describe, it } from "vitest";
import { get, put } from "../support/http/requests.ts";
import { ADMIN } from "../support/orders/fulfillment.ts";
import { bodyOf, inStock, newKey, ORDERS, placed, read, show } from "../support/orders/http.ts";
import { openShop } from "../support/shop/warehouses.ts";
import { newId } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(openShop);

/** The columns of an order that 0.3.0 writes when it places one. */
const WRITTEN_BEFORE = `hold_id, request_hash, status, payment_method, payment_status, payment_due_at_ms, customer_name, customer_email,
  customer_phone, delivery_address, postal_code, country, delivery_method, notes, ranked_by, currency, subtotal_minor, discount_minor,
  tax_minor, tax_included, delivery_cost_minor, total_minor, promo_code, rules_used, estimated_delivery_at_ms, created_at_ms,
  updated_at_ms, user_id, due_at_ms, cart_id`;

describe("rows that 0.3.0 wrote, before the migration to addresses in parts or beside it", () => {
  it("are orders whose address is one text", async ({ expect }) => {
    const said = { delivery_address: "12 Lake Road, Bengaluru", postal_code: "560034" };
    const { order_id: now } = await placed(
      bodyOf([await inStock(1)], { ...said, delivery_address: { line1: "12 Lake Road", city: "Bengaluru" } }),
    );
    const before = newId("ORD");
    await sqlInD1(
      `INSERT INTO orders (order_id, ${WRITTEN_BEFORE}) SELECT ?, ${WRITTEN_BEFORE} FROM orders WHERE order_id = ?`,
      before,
      now,
    );

    expect((await show(before, ADMIN)).body).toMatchObject({ ...said, address: null });
    expect((await show(now, ADMIN)).body.address).toMatchObject({ line1: "12 Lake Road" });
  });

  it("are delivery methods that require none, and what 0.3.0 changes of one leaves the requirement as it is", async ({
    expect,
  }) => {
    // As 0.3.0 writes a method, the shop's first and every later time.
    const write = (name: string) =>
      sqlInD1(
        `INSERT INTO delivery_methods (method, name, cost_minor, days) VALUES ('in_door', ?, 14900, 3)
         ON CONFLICT (method) DO UPDATE SET name = excluded.name, cost_minor = excluded.cost_minor, days = excluded.days`,
        name,
      );
    const shown = async () => (await get("/api/v1/delivery/methods/in_door")).json();
    await sqlInD1("DELETE FROM delivery_methods WHERE method = 'in_door'");

    await write("First");
    const first = await shown();
    await sqlInD1("UPDATE delivery_methods SET requires_address = 1 WHERE method = 'in_door'");
    await write("Second");

    expect([first, await shown()]).toMatchObject([
      { name: "First", requires_address: false },
      { name: "Second", requires_address: true },
    ]);
  });
});

describe("answers that 0.3.0 kept under a key", () => {
  /** Makes the kept answers what 0.3.0 would have kept, and repeats the request. */
  async function repeated(path: string, body: object) {
    const key = newKey();
    const first = await read(await put(path, body, { ...ADMIN, key }));
    await sqlInD1("UPDATE idempotency SET answer = json_remove(answer, '$.order.address', '$.requiresAddress')");
    const again = await read(await put(path, body, { ...ADMIN, key }));
    return { first, again, isReplay: again.headers.get("Idempotency-Replayed") };
  }

  it("show no parts of an order's address, and require none by a delivery method", async ({ expect }) => {
    const { order_id: orderId } = await placed(bodyOf([await inStock(1)], { delivery_address: "12 Lake Road" }));

    const order = await repeated(`${ORDERS}/${orderId}`, { status: "PROCESSING" });
    const method = await repeated("/api/v1/delivery/methods/curbside", { name: "Curbside", cost: 49 });

    expect([order.first.status, order.isReplay, method.first.status, method.isReplay]).toEqual([200, "true", 200, "true"]);
    expect(order.again.body).toEqual(order.first.body);
    expect(method.again.body).toEqual(method.first.body);
    expect([order.again.body, method.again.body]).toMatchObject([{ address: null }, { requires_address: false }]);
  });
});
