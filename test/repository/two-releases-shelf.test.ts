import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { checkShop } from "../upgrade/check-shop.ts";
import { recover } from "../upgrade/controls.ts";
import { levelIn, move, ordered, type Placed, takeBack } from "../upgrade/mixed-orders.ts";
import type { Row } from "../upgrade/raw-state.ts";
import { FORMER, type MixedShop, openMixedShop } from "../upgrade/two-releases.ts";

const START_MS = 120_000;
/** Units of each order. */
const BOUGHT = 2;

let shop: MixedShop;

beforeAll(async () => {
  shop = await openMixedShop(["BLR", "MUM"]);
}, START_MS);

afterAll(() => shop?.stop());

const levelOf = (productId: string, warehouseId = "BLR") => levelIn(shop, productId, warehouseId);

/** Six orders, cash on delivery, whose units have become what the level says. */
async function sixOrders(productId: string, level: Row): Promise<[Placed, Placed, Placed, Placed, Placed, Placed]> {
  const place = () => ordered(shop, productId, "cod");
  const orders = [await place(), await place(), await place(), await place(), await place(), await place()] as const;
  await vi.waitUntil(async () => JSON.stringify(await levelOf(productId)) === JSON.stringify(level));
  return [...orders];
}

/** What the kinds of movements of a product moved, each in all. */
async function movedBy(productId: string): Promise<Record<string, unknown>> {
  const query = `SELECT kind, sum(max(abs(delta_on_hand), abs(delta_reserved), abs(delta_allocated))) AS units
    FROM movements GROUP BY kind`;
  const rows = await shop.controls().query(productId, query);
  return Object.fromEntries(rows.map(({ kind, units }) => [kind, units]));
}

describe.for(FORMER)("orders that today's release allocated, and release %s ends", (former) => {
  it.for(["current", former] as const)(
    "leave nothing allocated, and nothing is freed or shipped twice, at an object of the %s release",
    async (objects, { expect }) => {
      const rice = await shop.stocked(20);
      const allocated = { on_hand: 20, reserved: 0, allocated: 6 * BOUGHT };
      const [kept, cancelled, packed, completed, returned, partly] = await sixOrders(rice, allocated);
      await shop.pin(rice, objects);

      await shop.asAdmin("POST", `/orders/${cancelled.order_id}/cancel`, {}, former);
      for (const order of [packed, completed, returned, partly]) await move(shop, order, "PROCESSING", former);
      await shop.asAdmin("POST", `/orders/${packed.order_id}/cancel`, {}, former);
      await move(shop, completed, "COMPLETED", former);
      await takeBack(shop, returned, [rice, BOUGHT], former);
      await takeBack(shop, partly, [rice, 1], former);
      await shop.controls().call("runCron", { release: former });
      await shop.pin(rice, "current");
      await recover(shop.controls(), shop.products);

      expect(await shop.asAdmin("GET", `/orders/${kept.order_id}`)).toMatchObject({ status: "PENDING" });
      // The completed order has gone, and one of the two units that were only partly returned.
      expect(await levelOf(rice)).toEqual({ on_hand: 20 - BOUGHT - 1, reserved: 0, allocated: BOUGHT });
      const moved = { allocate: 6 * BOUGHT, deallocate: 2 * BOUGHT, ship: 3 * BOUGHT, return: BOUGHT + 1 };
      expect(await movedBy(rice)).toEqual({ receive: 20, reserve: 6 * BOUGHT, ...moved });
      expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
    },
  );

  it("are shipped once where today's release completes them after a return of the other", async ({ expect }) => {
    const rice = await shop.stocked(20);
    const [order] = await sixOrders(rice, { on_hand: 20, reserved: 0, allocated: 6 * BOUGHT });
    await move(shop, order, "PROCESSING", former);
    await takeBack(shop, order, [rice, 1], former);

    await move(shop, order, "COMPLETED", "current");
    await recover(shop.controls(), shop.products);

    expect(await levelOf(rice)).toEqual({ on_hand: 20 - BOUGHT + 1, reserved: 0, allocated: 5 * BOUGHT });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });
});

describe.for(FORMER)("an order of which today's release has shipped a part, beside %s", (former) => {
  const ship = (order: Placed, quantity?: number) => {
    const items = quantity === undefined ? {} : { items: [{ line_no: 1, quantity }] };
    return shop.asAdmin("POST", `/orders/${order.order_id}/shipments`, { warehouse_id: "BLR", ...items }, "current");
  };

  it("is neither cancelled nor deleted by the other release, which takes the shipment for a change made meanwhile", async ({
    expect,
  }) => {
    const rice = await shop.stocked(20);
    const [order] = await sixOrders(rice, { on_hand: 20, reserved: 0, allocated: 6 * BOUGHT });
    await ship(order, 1);

    const path = `/orders/${order.order_id}`;
    await expect(shop.asAdmin("POST", `${path}/cancel`, {}, former)).rejects.toThrow(": 503 ");
    await expect(shop.asAdmin("DELETE", path, undefined, former)).rejects.toThrow(": 503 ");
    await ship(order);
    await recover(shop.controls(), shop.products);

    expect(await shop.asAdmin("GET", path)).toMatchObject({ status: "COMPLETED", fulfillment_status: "fulfilled" });
    expect(await levelOf(rice)).toEqual({ on_hand: 20 - BOUGHT, reserved: 0, allocated: 5 * BOUGHT });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });

  it("leaves completely when the other release completes it, or takes back more than has left", async ({ expect }) => {
    const rice = await shop.stocked(20);
    const [completed, returned] = await sixOrders(rice, { on_hand: 20, reserved: 0, allocated: 6 * BOUGHT });
    for (const order of [completed, returned]) await ship(order, 1);

    await move(shop, completed, "COMPLETED", former);
    await takeBack(shop, returned, [rice, BOUGHT], former);
    await recover(shop.controls(), shop.products);

    expect(await levelOf(rice)).toEqual({ on_hand: 20 - BOUGHT, reserved: 0, allocated: 4 * BOUGHT });
    expect(await movedBy(rice)).toMatchObject({ ship: 2 * BOUGHT, return: BOUGHT });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });
});

describe.for(FORMER)("an order whose goods today's release took back, beside %s", (former) => {
  const soldTo = async () => {
    const rice = await shop.stocked(20);
    const [order] = await sixOrders(rice, { on_hand: 20, reserved: 0, allocated: 6 * BOUGHT });
    await move(shop, order, "PROCESSING", "current");
    await move(shop, order, "COMPLETED", "current");
    return { rice, order };
  };

  it("in another warehouse is not taken back again by the other release, which sees a change made meanwhile", async ({
    expect,
  }) => {
    const { rice, order } = await soldTo();
    await takeBack(shop, order, [rice, 1], "current", "MUM");

    await expect(takeBack(shop, order, [rice, 1], former)).rejects.toThrow(": 503 ");
    await takeBack(shop, order, [rice, 1], "current");
    await recover(shop.controls(), shop.products);

    expect(await shop.asAdmin("GET", `/orders/${order.order_id}`)).toMatchObject({ status: "RETURNED" });
    expect(await levelOf(rice, "MUM")).toEqual({ on_hand: 1, reserved: 0, allocated: 0 });
    expect(await levelOf(rice)).toEqual({ on_hand: 20 - BOUGHT + 1, reserved: 0, allocated: 5 * BOUGHT });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });

  it("where they came from is taken back further by the other release, and then nothing of it once more", async ({ expect }) => {
    const { rice, order } = await soldTo();
    await takeBack(shop, order, [rice, 1], "current");
    await takeBack(shop, order, [rice, 1], former);

    await expect(takeBack(shop, order, [rice, 1], "current", "MUM")).rejects.toThrow(": 409 ");
    await recover(shop.controls(), shop.products);

    expect(await shop.asAdmin("GET", `/orders/${order.order_id}`)).toMatchObject({ status: "RETURNED" });
    expect(await levelOf(rice)).toEqual({ on_hand: 20, reserved: 0, allocated: 5 * BOUGHT });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });
});

describe.for(FORMER)("orders whose units an object of release %s sold", (former) => {
  it("are completed, cancelled and taken back by today's: what left stays away", async ({ expect }) => {
    const rice = await shop.stocked(20);
    await shop.pin(rice, former);
    const [, cancelled, completed, returned] = await sixOrders(rice, { on_hand: 8, reserved: 0, allocated: 0 });
    await shop.pin(rice, "current");

    await shop.asAdmin("POST", `/orders/${cancelled.order_id}/cancel`, {});
    for (const order of [completed, returned]) await move(shop, order, "PROCESSING", "current");
    await move(shop, completed, "COMPLETED", "current");
    await takeBack(shop, returned, [rice, 1], "current");
    await recover(shop.controls(), shop.products);

    expect(await levelOf(rice)).toEqual({ on_hand: 8 + BOUGHT + 1, reserved: 0, allocated: 0 });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });
});

describe.for(FORMER)("an object of release %s that would give allocated units away", (former) => {
  it("is stopped by the table's CHECK: the request fails and nothing moves", async ({ expect }) => {
    const rice = await shop.stocked(6 * BOUGHT + 1);
    const before = { on_hand: 6 * BOUGHT + 1, reserved: 0, allocated: 6 * BOUGHT };
    await sixOrders(rice, before);
    await shop.pin(rice, former);
    const count = { quantity: 1, movement_type: "set", reason: "Count", warehouse_id: "BLR" };

    for (const release of [former, "current"] as const) {
      const order = { item: rice, quantity: 2, customer_name: "Ravi", payment_method: "cod" };
      const { status } = await shop.send({ method: "POST", path: "/api/v1/orders", body: order }, release);
      const counted = shop.asAdmin("PUT", `/inventory/products/${rice}/stock`, count, release);

      expect(status).toBe(503);
      await expect(counted).rejects.toThrow(": 503 ");
      expect(await levelOf(rice)).toEqual(before);
    }
    await shop.pin(rice, "current");
    await recover(shop.controls(), shop.products);
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });
});
