import { beforeAll, describe, it, vi } from "vitest";
import { get, post } from "../../support/http/requests.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { ADMIN, fulfillments, ship } from "../../support/orders/fulfillment.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { ORDERS, type ProblemBody, read, unitsOf } from "../../support/orders/http.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";
import { alertOf, lineIn, shortOrders, type ShownOrder } from "../../support/stock/short-shelf.ts";

beforeAll(demoWarehouses);

describe("an order that is short", () => {
  it("ships what is there, is not completed by it, and is when what is short is cancelled", async ({ expect }) => {
    const { rice, newer } = await shortOrders();

    const completed = await move<ProblemBody>(newer, "PROCESSING").then(() => move<ProblemBody>(newer, "COMPLETED"));
    const list = await read<{ picks: { quantity: number; orders: object[] }[] }>(
      await get("/api/v1/fulfillments/pick-list?warehouse_id=BLR", ADMIN),
    );
    const one = await ship(newer, "BLR");
    const rest = await ship<ProblemBody>(newer, "BLR");
    const { fulfillments: work } = await fulfillments("warehouse_id=BLR&status=partial");
    const cancelled = await read<ShownOrder>(
      await post(`${ORDERS}/${newer}/cancel`, { items: [{ line_no: 1, quantity: 2 }] }, ADMIN),
    );

    expect(completed.body).toMatchObject({ code: "order_short", short: [{ line_no: 1, warehouse_id: "BLR", quantity: 2 }] });
    expect(JSON.stringify(list.body)).toContain(`"order_id":"${newer}","quantity":1`);
    expect(one.body).toMatchObject({ order_status: "PROCESSING", fulfillment_status: "partially_fulfilled" });
    expect(rest.body).toMatchObject({ status: 409, code: "order_short" });
    expect(work.find((each) => each.order_id === newer)?.lines).toMatchObject([{ quantity: 3, shipped: 1, short: 2 }]);
    expect(cancelled.body).toMatchObject({ status: "COMPLETED", stock_short: false, fulfillment_status: "fulfilled" });
    expect(await lineIn(newer)).toEqual([3, 1, 2, 0]);
    expect(await alertOf(newer)).toBeUndefined();
    await vi.waitUntil(async () => String((await unitsOf(rice))["BLR"]) === "4,0,4");
    await vi.waitFor(() => expectInvariants(expect, new Map([[rice, 5]])), 5_000);
  });

  it("that is cancelled needs nothing any more, and frees only what it had", async ({ expect }) => {
    const { rice, newer } = await shortOrders();

    const cancelled = await read<ShownOrder>(await post(`${ORDERS}/${newer}/cancel`, undefined, ADMIN));

    expect(cancelled.body).toMatchObject({ status: "CANCELLED", stock_short: false });
    expect(await lineIn(newer)).toEqual([3, 0, 0, 0]);
    await vi.waitUntil(async () => String((await unitsOf(rice))["BLR"]) === "5,0,4");
    expect(await alertOf(newer)).toBeUndefined();
    await vi.waitFor(() => expectInvariants(expect, new Map([[rice, 5]])), 5_000);
  });
});
