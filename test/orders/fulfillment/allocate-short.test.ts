import { beforeAll, describe, it, vi } from "vitest";
import { post } from "../../support/http/requests.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { ADMIN, fulfillments, ship } from "../../support/orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, newKey, ORDERS, placed, type ProblemBody, read, unitsOf } from "../../support/orders/http.ts";
import { pay } from "../../support/orders/lifecycle.ts";
import { demoWarehouses, receive } from "../../support/shop/shop.ts";
import { alertOf, count, lineIn, shortOrders, shown, type ShownOrder } from "../../support/stock/short-shelf.ts";

beforeAll(demoWarehouses);

async function allocate<B = ShownOrder>(orderId: string, warehouseId?: string, key = newKey()) {
  const body = warehouseId === undefined ? undefined : { warehouse_id: warehouseId };
  return read<B>(await post(`${ORDERS}/${orderId}/allocations`, body, { ...ADMIN, key }));
}

/** Waits until D1 and the objects agree about a product of which so many units were received or found. */
async function quiet(expect: Parameters<typeof expectInvariants>[0], productId: string, units: number): Promise<void> {
  await vi.waitFor(() => expectInvariants(expect, new Map([[productId, units]])), 5_000);
}

describe("POST /api/v1/orders/{order_id}/allocations", () => {
  it("gives an order that is short what has come in since, and the order can be completed", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 5);
    const key = newKey();

    const { status, body } = await allocate(newer, undefined, key);
    const again = await allocate(newer, undefined, key);
    const left = await ship(newer, "BLR");

    expect([status, body]).toMatchObject([200, { stock_short: false }]);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await lineIn(newer)).toEqual([3, 3, 0, 0]);
    expect((await shown(newer)).events.map(({ what }) => what)).toContain("allocated");
    expect(await alertOf(newer)).toBeUndefined();
    expect(left.body).toMatchObject({ order_status: "COMPLETED" });
    await quiet(expect, rice, 10);
  });

  it("takes as many as are free, and says that the rest is short", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    const nothing = await allocate<ProblemBody>(newer);
    await receive(rice, 1);

    const { body } = await allocate(newer);

    expect(nothing.body).toMatchObject({ status: 409, code: "order_short", short: [{ quantity: 2 }] });
    expect(body.stock_short).toBe(true);
    expect(await lineIn(newer)).toEqual([3, 0, 0, 1]);
    expect(await alertOf(newer)).toMatchObject([{ quantity: 2 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [6, 0, 6] });
    await quiet(expect, rice, 6);
  });

  it("moves what is short to another warehouse, which has it to hand over from then on", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 4, { warehouseId: "MUM" });

    const { body } = await allocate(newer, "MUM");
    const work = await fulfillments("warehouse_id=MUM");
    const parcels = [await ship(newer, "MUM"), await ship(newer, "BLR")];

    expect(body).toMatchObject({ stock_short: false, items: [{ allocations: [{ quantity: 1 }, { quantity: 2, short: 0 }] }] });
    expect(work.fulfillments.find((each) => each.order_id === newer)?.lines).toMatchObject([{ quantity: 2 }]);
    expect(parcels.map((each) => each.body.order_status)).toEqual(["PROCESSING", "COMPLETED"]);
    await quiet(expect, rice, 9);
  });

  it("refuses an unknown warehouse and a closed order, and leaves one that is not short", async ({ expect }) => {
    const { rice, older, newer } = await shortOrders();

    const unknown = await allocate<ProblemBody>(newer, "NOWHERE");
    const notShort = await allocate(older);
    await read(await post(`${ORDERS}/${newer}/cancel`, undefined, ADMIN));
    const closed = await allocate<ProblemBody>(newer);
    const guest = await post(`${ORDERS}/${older}/allocations`, undefined, {});

    expect(unknown.body).toMatchObject({ code: "validation_failed", errors: [{ field: "warehouse_id" }] });
    expect([notShort.status, notShort.body.stock_short]).toEqual([200, false]);
    expect(closed.body).toMatchObject({ code: "illegal_transition", status_now: "CANCELLED" });
    expect(guest.status).toBe(401);
    await quiet(expect, rice, 5);
  });

  it("waits until an order that is to be paid first is paid", async ({ expect }) => {
    const rice = await inStock(3);
    const { order_id: orderId } = await placed(bodyOf([lineOf(rice, 3)], { payment_method: "card" }));
    await count(rice, 1, 3);
    await receive(rice, 5);

    const unpaid = await allocate<ProblemBody>(orderId);
    await pay(orderId);
    const paid = await allocate(orderId);

    expect(unpaid.body).toMatchObject({ code: "illegal_transition", status_now: "PENDING" });
    expect(paid.body.stock_short).toBe(false);
    expect(await lineIn(orderId)).toEqual([3, 0, 0, 0]);
    await quiet(expect, rice, 6);
  });

  it("acts once of two at the same time", async ({ expect }) => {
    const { rice, newer } = await shortOrders();
    await receive(rice, 5);

    const answers = await Promise.all([allocate(newer), allocate(newer), allocate(newer)]);

    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(await lineIn(newer)).toEqual([3, 0, 0, 0]);
    await quiet(expect, rice, 10);
  });
});
