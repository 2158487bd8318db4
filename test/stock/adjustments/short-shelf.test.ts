import { beforeAll, describe, it, vi } from "vitest";
import { bodyOf as cartBodyOf, cartOf } from "../../support/carts/carts.ts";
import { get, post, put } from "../../support/http/requests.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, newKey, placed, type ProblemBody, read, send, unitsOf } from "../../support/orders/http.ts";
import { bundle, demoWarehouses } from "../../support/shop/shop.ts";
import { allMovementsOf } from "../../support/stock/movements.ts";
import { type Adjusted, alertOf, count, lineIn, shown, sold, twoOrders } from "../../support/stock/short-shelf.ts";
import { sendTransfer, transferBody } from "../../support/stock/transfers.ts";

beforeAll(demoWarehouses);

describe("a count of fewer units than are sold", () => {
  it("names the orders that they are promised to, oldest first, and counts nothing", async ({ expect }) => {
    const { rice, older, newer } = await twoOrders();

    const counted = await count(rice, 5, 10, {});
    const damaged = await read<ProblemBody>(
      await post("/api/v1/inventory/damage", { product_id: rice, warehouse_id: "BLR", quantity: 4, reason: "Wet" }, ADMIN),
    );
    const sent = await sendTransfer(transferBody({ [rice]: 4 }));

    const orders = [
      { order_id: older, quantity: 4 },
      { order_id: newer, quantity: 3 },
    ];
    const figures = { on_hand: 10, reserved: 0, allocated: 7, free: 3, orders, orders_total: 2 };
    expect(counted.body).toMatchObject({ status: 409, code: "units_reserved", ...figures });
    expect(damaged.body).toMatchObject({ status: 409, code: "units_reserved", ...figures });
    expect(sent.body).toMatchObject({ status: 409, code: "units_reserved", lines: [figures] });
    expect(await unitsOf(rice)).toEqual({ BLR: [10, 0, 7] });
  });

  it("takes with `keep_oldest` what is missing from the newest order, which says so", async ({ expect }) => {
    const { rice, older, newer } = await twoOrders();

    const { status, body } = await count(rice, 5, 10);
    const tooMany = await send(bodyOf([rice]));

    expect([status, body]).toMatchObject([
      200,
      { previous_stock: 10, new_stock: 5, current_stock: 0, short_orders: [{ order_id: newer, quantity: 2 }] },
    ]);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 5] });
    expect([await lineIn(older), await lineIn(newer)]).toEqual([
      [4, 0, 0, 0],
      [3, 0, 0, 2],
    ]);
    expect(await shown(newer)).toMatchObject({ status: "PENDING", stock_short: true, events: [{}, { what: "stock_short" }] });
    expect(await shown(older)).toMatchObject({ stock_short: false });
    expect([await alertOf(newer), await alertOf(older)]).toMatchObject([[{ quantity: 2 }], undefined]);
    expect(tooMany.status).toBe(409);
    await expectInvariants(expect, new Map([[rice, 5]]));
  });

  it("reaches older orders once the newest have nothing left", async ({ expect }) => {
    const { rice, older, newer } = await twoOrders();

    const { body } = await count(rice, 2, 10);

    expect(body.short_orders).toEqual([
      { order_id: newer, quantity: 3 },
      { order_id: older, quantity: 2 },
    ]);
    expect(await unitsOf(rice)).toEqual({ BLR: [2, 0, 2] });
    expect(await lineIn(older)).toEqual([4, 0, 0, 2]);
  });

  it("takes from both lines of an order that have units there, such as those of a bundle", async ({ expect }) => {
    const rice = await inStock(5);
    const { productId: pack } = await bundle([{ productId: rice, quantity: 2 }]);
    const order = bodyOf([lineOf(rice, 2), lineOf(pack, 1)]);
    const { order_id: orderId } = await placed(order);
    await vi.waitUntil(async () => (await unitsOf(rice))["BLR"]?.[2] === 4);

    const { body } = await count(rice, 1, 5);

    expect(body).toMatchObject({ new_stock: 1, short_orders: [{ order_id: orderId, quantity: 3 }] });
    expect(await unitsOf(rice)).toEqual({ BLR: [1, 0, 1] });
    await expectInvariants(expect, new Map([[rice, 1]]));
  });

  it("takes from carts before any order, and tells the shopper", async ({ expect }) => {
    const rice = await inStock(10);
    const older = await sold(rice, 4);
    const cartId = await cartOf({ [rice]: 3 });

    const { body } = await count(rice, 6, 10);
    const cart = await cartBodyOf(get(`/api/v1/carts/${cartId}`));
    const refused = await count(rice, 4, 5, {});

    expect(body).toMatchObject({ new_stock: 6, current_stock: 2, short_orders: [] });
    expect(await unitsOf(rice)).toEqual({ BLR: [6, 0, 4] });
    expect(await lineIn(older)).toEqual([4, 0, 0, 0]);
    expect(cart).toMatchObject({ items: [], changes: [{ product_id: rice, quantity: 3 }] });
    expect(refused.body.code).toBe("count_outdated");
  });

  it("takes from an order that waits for its payment, which pays for what is left of it later", async ({ expect }) => {
    const rice = await inStock(5);
    const { order_id: orderId } = await placed(bodyOf([lineOf(rice, 5)], { payment_method: "card" }));

    const { body } = await count(rice, 3, 5);

    expect(body).toMatchObject({ new_stock: 3, short_orders: [{ order_id: orderId, quantity: 2 }] });
    expect(await unitsOf(rice)).toEqual({ BLR: [3, 3] });
    await expectInvariants(expect, new Map([[rice, 3]]));
  });

  it("does so once with its key, and says the same again", async ({ expect }) => {
    const { rice, newer } = await twoOrders();
    const key = newKey();

    const first = await count(rice, 6, 10, undefined, key);
    const again = await count(rice, 6, 10, undefined, key);
    const other = await count(rice, 5, 10, undefined, key);

    expect([first.headers.get("Idempotency-Replayed"), again.headers.get("Idempotency-Replayed")]).toEqual([null, "true"]);
    expect(again.body).toEqual(first.body);
    expect(other.body.code).toBe("idempotency_key_reused");
    expect(await lineIn(newer)).toEqual([3, 0, 0, 1]);
    expect((await allMovementsOf(rice)).slice(-2)).toEqual(["deallocate 1", "count 4"]);
  });

  it("is taken once of two at the same time", async ({ expect }) => {
    const { rice, newer } = await twoOrders();

    const counts = await Promise.all([count(rice, 5, 10), count(rice, 5, 10)]);

    expect(counts.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 5] });
    expect(await lineIn(newer)).toEqual([3, 0, 0, 2]);
  });
});

describe("what is set, or damaged, of a shelf that is short", () => {
  it("is taken from the newest orders too, and refused where it cannot be", async ({ expect }) => {
    const { rice, newer } = await twoOrders();
    const stock = { movement_type: "set", reason: "Count", warehouse_id: "BLR", on_shortage: "keep_oldest" };
    const setTo = async (quantity: number, more: object = {}) =>
      read<Adjusted>(await put(`/api/v1/inventory/products/${rice}/stock`, { ...stock, quantity, ...more }, ADMIN));
    const damage = async (quantity: number) => {
      const body = { product_id: rice, warehouse_id: "BLR", quantity, reason: "Wet", on_shortage: "keep_oldest" };
      return read<Adjusted>(await post("/api/v1/inventory/damage", body, ADMIN));
    };

    const stated = await setTo(6);
    const damaged = await damage(1);
    const tooMany = await damage(6);
    const issued = await setTo(1, { movement_type: "out" });

    expect(stated.body).toMatchObject({ new_stock: 6, short_orders: [{ order_id: newer, quantity: 1 }] });
    expect(damaged.body).toMatchObject({ new_stock: 5, movement: { kind: "damage", delta_on_hand: -1 } });
    expect(damaged.body.short_orders).toEqual([{ order_id: newer, quantity: 1 }]);
    expect(tooMany.body).toMatchObject({ code: "units_reserved", on_hand: 5, allocated: 5 });
    expect(issued.body).toMatchObject({ code: "validation_failed", errors: [{ field: "on_shortage" }] });
    expect(await lineIn(newer)).toEqual([3, 0, 0, 2]);
    await expectInvariants(expect, new Map([[rice, 5]]));
  });
});
