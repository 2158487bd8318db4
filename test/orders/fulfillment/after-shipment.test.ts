import { beforeAll, describe, it, vi } from "vitest";
import { post, put } from "../../support/http/requests.ts";
import { ADMIN, ship, type ShippedOrder, splitOrder } from "../../support/orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, ORDERS, placed, show, unitsOf } from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const page = async (orderId: string) => (await show<ShippedOrder>(orderId, ADMIN)).body;
const SOLD = { postal_code: "560034" };

/** An order of three units of one product from BLR (2) and MUM (1), and of one of another from BLR. */
async function sold() {
  const [rice, dal] = [await inStock({ BLR: 2, MUM: 2 }), await inStock({ BLR: 4 })];
  return { rice, dal, orderId: await splitOrder(rice, dal) };
}

describe("an order of which a part has left", () => {
  it("cannot be cancelled or deleted, and is completed by its status with the rest in one shipment per warehouse", async ({
    expect,
  }) => {
    const { rice, dal, orderId } = await sold();
    await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }] });

    const refused = await put(`${ORDERS}/${orderId}`, { status: "CANCELLED" }, ADMIN);
    const completed = await put(`${ORDERS}/${orderId}`, { status: "COMPLETED" }, ADMIN);

    expect([refused.status, completed.status]).toEqual([409, 200]);
    const { shipments } = await page(orderId);
    expect(shipments.map(({ warehouse_id: at, items }) => [at, items.map(({ quantity }) => quantity)])).toEqual([
      ["BLR", [1]],
      ["BLR", [1, 1]],
      ["MUM", [1]],
    ]);
    await vi.waitFor(async () =>
      expect([await unitsOf(rice), await unitsOf(dal)]).toEqual([{ BLR: [0, 0], MUM: [1, 0] }, { BLR: [3, 0] }]),
    );
  });

  it("takes back only what has left", async ({ expect }) => {
    const { rice, orderId } = await sold();
    await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 2 }] });
    const back = (quantity: number) => ({ items: [{ product_id: rice, quantity, condition: "sellable" }], reason: "Too many" });

    const tooMany = await post(`${ORDERS}/${orderId}/returns`, back(3), ADMIN);
    const accepted = await post(`${ORDERS}/${orderId}/returns`, back(2), ADMIN);

    expect([tooMany.status, accepted.status]).toEqual([409, 200]);
    expect(await page(orderId)).toMatchObject({ status: "PROCESSING", fulfillment_status: "partially_fulfilled" });
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 0], MUM: [2, 0, 1] }));
  });
});

describe("an order that the customer collects", () => {
  const pickup = async () => {
    const rice = await inStock({ BLR: 4 });
    const order = await placed(bodyOf([lineOf(rice, 2)], { delivery_method: "self_service", ...SOLD }));
    return { rice, orderId: order.order_id };
  };
  const tell = (orderId: string, what: "ready" | "collected") => post(`${ORDERS}/${orderId}/${what}`, undefined, ADMIN);

  it("is announced once, and leaves when it is collected", async ({ expect }) => {
    const { rice, orderId } = await pickup();

    const ready = [await tell(orderId, "ready"), await tell(orderId, "ready")];
    const announced = await page(orderId);
    const collected = await tell(orderId, "collected");

    expect([...ready, collected].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(announced).toMatchObject({ status: "PROCESSING", fulfillment_status: "unfulfilled" });
    const order = await page(orderId);
    expect(order).toMatchObject({ status: "COMPLETED", fulfillment_status: "fulfilled" });
    expect(order.events.map(({ what }) => what)).toEqual(["placed", "ready_for_pickup", "collected"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 0] }));
    expect((await tell(orderId, "collected")).status).toBe(409);
  });

  it.for(["ready", "collected"] as const)("is not one that is delivered: %s", async (what, { expect }) => {
    const { orderId } = await sold();

    expect((await tell(orderId, what)).status).toBe(409);
  });
});
