import { beforeEach, describe, it } from "vitest";
import {
  failureOf,
  held,
  movementsOf,
  newHold,
  stockWith,
  sqlIn,
  stopTime,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { checkoutOf, withCart } from "../../support/stock/cart-holds.ts";
import { MUM, shipmentOf, sold } from "../../support/stock/shipments.ts";

beforeEach(stopTime);

describe("a shipment whose commit was lost", () => {
  it("commits first", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(3));

    await stock.ship(shipmentOf(holdId, 2));

    expect(await unitsOf(stock)).toEqual([3, 0, 1]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 3", "allocate 3"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("of a checkout releases what the checkout left in its cart", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart(5, 3);
    const holdId = `${cartId}.1`;
    await stock.convert(checkoutOf(cartId, 1, 1));

    await stock.ship(shipmentOf(holdId, 1));

    expect(await unitsOf(stock)).toEqual([4, 0]);
    expect(await movementsOf(productId, `${holdId}/surplus`)).toEqual(["release 2"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("leaves the hold reserved where it fails", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));

    expect(await failureOf(productId, (object) => object.ship(shipmentOf(holdId, 3)))).toMatch(
      "fewer than 3 units of v in BLR are allocated",
    );

    expect(await unitsOf(stock)).toEqual([5, 2]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2"]);
  });

  it("fails for a hold that never reserved", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);

    expect(await failureOf(productId, (object) => object.ship(shipmentOf(newHold(), 1)))).toMatch("fewer than 1 units");

    expect(await unitsOf(stock)).toEqual([5, 0]);
  });
});

describe("after a shipment", () => {
  it("a commit, a reservation or a cancellation that arrives late moves nothing", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const request = reserveRequest(2);
    const holdId = await held(stock, request);
    await stock.commit(holdId);
    await stock.ship(shipmentOf(holdId, 2));
    const before = await sqlIn(productId, "SELECT * FROM movements");

    await stock.commit(holdId);
    const again = await stock.reserve(request);
    await stock.cancelHold(holdId);
    await stock.release(holdId);

    expect(again).toEqual({ outcome: "ended" });
    expect(await unitsOf(stock)).toEqual([3, 0]);
    expect(await sqlIn(productId, "SELECT * FROM movements")).toEqual(before);
  });

  it("of a part, a cancellation deallocates the rest, which never left, once", async ({ expect }) => {
    const { productId, stock, holdId } = await sold();
    await stock.ship(shipmentOf(holdId, 1));

    await stock.cancelHold(holdId);
    await stock.cancelHold(holdId);

    expect([await unitsOf(stock), await unitsOf(stock, MUM)]).toEqual([
      [1, 0],
      [4, 0],
    ]);
    const ended = ["deallocate 1", "deallocate 3"];
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "reserve 3", "allocate 2", "allocate 3", ...ended]);
    expect(await stock.audit()).toEqual([]);
  });

  it("a return brings its units in under its own id", async ({ expect }) => {
    const { stock, holdId } = await sold();
    await stock.ship(shipmentOf(holdId, 2));
    const lines = [{ variantId: "v", warehouseId: "BLR", quantity: 2 }];

    await stock.bringIn({ kind: "return", referenceId: "RET-1", lines, reason: null, actor: "user:7" });

    expect(await unitsOf(stock)).toEqual([2, 0]);
    expect(await stock.audit()).toEqual([]);
  });
});

it("a shipment after a cancellation fails: nothing is allocated any more", async ({ expect }) => {
  const { productId, stock, holdId } = await sold();
  await stock.cancelHold(holdId);

  expect(await failureOf(productId, (object) => object.ship(shipmentOf(holdId, 2)))).toMatch("fewer than 2 units");

  expect([await unitsOf(stock), await unitsOf(stock, MUM)]).toEqual([
    [2, 0],
    [4, 0],
  ]);
});
