import { beforeAll, beforeEach, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import { post } from "../../support/http/requests.ts";
import { inStock, newKey, placed, unitsOf } from "../../support/orders/http.ts";
import { move as advance } from "../../support/orders/lifecycle.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";
import { sellAsBefore } from "../../support/stock/former.ts";
import { move } from "../../support/stock/inventory.ts";
import { held, reserveRequest, sqlIn, sqlInD1, stockOf } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);
beforeEach(() => sqlInD1("DELETE FROM stock_actions"));

/** Nine units, of which a completed order took three whose shipment its object has not heard of. */
async function owingShipment() {
  const rice = await inStock(9);
  const { order_id: orderId } = await placed({ customer_name: "Asha", item: rice, quantity: 3 });
  await vi.waitFor(async () => expectUnits(rice, [9, 0, 3]));
  const ship = vi.spyOn(StockCounter.prototype, "ship").mockRejectedValue(new Error("the object is down"));
  for (const status of ["PROCESSING", "COMPLETED"]) await advance(orderId, status);
  await vi.waitFor(() => ship.mock.calls.length > 0 || Promise.reject(new Error("not shipped yet")));
  return { rice, recover: () => ship.mockRestore() };
}

async function expectUnits(productId: string, units: number[]): Promise<void> {
  const { BLR = [] } = await unitsOf(productId);
  if (BLR.join() !== units.join()) throw new Error(`there are ${BLR.join()}`);
}

async function count(productId: string, counted: number, expected: number, key = newKey()) {
  const body = { product_id: productId, warehouse_id: "BLR", counted, expected_on_hand: expected };
  const response = await post("/api/v1/inventory/counts", body, { admin: true, key });
  return { status: response.status, retryAfter: response.headers.get("Retry-After"), body: await response.json<object>() };
}

function actionsOf(productId: string): Promise<{ kind: string }[]> {
  return sqlInD1("SELECT kind FROM stock_actions WHERE instr(lines, ?) > 0", productId);
}

describe("a count of a product of which a parcel has left (S3)", () => {
  it("takes the parcel off the shelf first, so that its units are not missing twice", async ({ expect }) => {
    const { rice, recover } = await owingShipment();
    recover();

    const { status, body } = await count(rice, 6, 6);

    expect([status, body]).toMatchObject([200, { previous_stock: 6, new_stock: 6, current_stock: 6 }]);
    expect(await actionsOf(rice)).toEqual([]);
    expect(await unitsOf(rice)).toEqual({ BLR: [6, 0] });
  });

  it("is outdated where the clerk was shown the parcel's units", async ({ expect }) => {
    const { rice, recover } = await owingShipment();
    recover();

    const { status, body } = await count(rice, 6, 9);

    expect([status, body]).toMatchObject([409, { code: "count_outdated", on_hand: 6 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [6, 0] });
  });

  it("by `set` takes the parcel off first too", async ({ expect }) => {
    const { rice, recover } = await owingShipment();
    recover();

    const response = await move(rice, { quantity: 5, movement_type: "set", reason: "count", warehouse_id: "BLR" });

    expect(await response.json()).toMatchObject({ previous_stock: 6, new_stock: 5 });
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] });
  });

  it("is 503 while the object does not answer, counts nothing, and counts once with the same key later", async ({ expect }) => {
    const { rice, recover } = await owingShipment();
    const key = newKey();

    const refused = await count(rice, 6, 6, key);
    const set = await move(rice, { quantity: 6, movement_type: "set", reason: "count", warehouse_id: "BLR" });
    const before = await unitsOf(rice);
    recover();
    const retried = await count(rice, 6, 6, key);

    expect([refused.status, refused.retryAfter, refused.body]).toMatchObject([503, "1", { code: "unresolved" }]);
    expect(set.status).toBe(503);
    expect(before).toEqual({ BLR: [9, 0, 3] });
    expect([retried.status, retried.body]).toMatchObject([200, { previous_stock: 6, new_stock: 6 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [6, 0] });
  });

  it("is not held up by what other products owe, nor are receipts and damage by what the product owes", async ({ expect }) => {
    const { rice, recover } = await owingShipment();
    const dal = await inStock(2);

    const counted = await count(dal, 1, 2);
    const [received, damaged] = [
      await move(rice, { quantity: 2, movement_type: "in", reason: "delivery", warehouse_id: "BLR" }),
      await post(
        "/api/v1/inventory/damage",
        { product_id: rice, warehouse_id: "BLR", quantity: 1, reason: "Wet" },
        { admin: true },
      ),
    ];
    recover();

    expect([counted.status, received.status, damaged.status]).toEqual([200, 200, 200]);
    expect(await unitsOf(rice)).toEqual({ BLR: [10, 0, 3] });
  });
});

it("a count puts back first what a release before 0.4.0 sold and an order that is over owes", async ({ expect }) => {
  const rice = await inStock(9);
  const holdId = await held(stockOf(rice), reserveRequest(3, { variantId: rice }));
  await sellAsBefore(rice, holdId);
  const action =
    "INSERT INTO stock_actions (action_id, order_id, hold_id, kind, lines, at_ms) VALUES (?, 'ORD-1', ?, 'restock', ?, 0)";
  await sqlInD1(action, `cancel:${holdId}`, holdId, JSON.stringify([rice]));

  const { status, body } = await count(rice, 8, 9);

  expect([status, body]).toMatchObject([200, { previous_stock: 9, new_stock: 8 }]);
  expect(await sqlIn(rice, "SELECT kind FROM movements WHERE reference_id = ? AND kind = 'restock'", holdId)).toHaveLength(1);
  expect(await actionsOf(rice)).toEqual([]);
});
