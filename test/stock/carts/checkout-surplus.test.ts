import { beforeEach, describe, it } from "vitest";
import {
  evict,
  movementsOf,
  stockWith,
  advanceTime,
  runAlarm,
  sqlIn,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { CART_MS, cartEdit, checkoutOf, newCart, withCart } from "../../support/stock/cart-holds.ts";

beforeEach(stopTime);

/** A cart with three units, of which a checkout that was quoted before its last edit took one. */
async function withSurplus() {
  const own = await withCart(5, 3);
  await own.stock.convert(checkoutOf(own.cartId, 1, 1));
  return { ...own, holdId: `${own.cartId}.1` };
}

function holdsIn(productId: string) {
  return sqlIn(productId, "SELECT hold_id, warehouse_id, quantity FROM holds ORDER BY hold_id, warehouse_id");
}

describe("what a cart has beyond a checkout's quote (K2)", () => {
  it("joins the other units in the cart when the checkout is returned", async ({ expect }) => {
    const { productId, stock, cartId, holdId } = await withSurplus();
    await evict(productId);

    await stock.giveBack(holdId);
    await stock.giveBack(holdId);

    const rows = await sqlIn(productId, "SELECT hold_id, quantity, expires_at_ms - ? AS ms FROM holds", Date.now());
    expect(rows).toEqual([{ hold_id: cartId, quantity: 3, ms: CART_MS }]);
    expect(await movementsOf(productId, `${cartId}/1`)).toEqual(["reserve 3"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("is not available to others or to edits while the checkout is open", async ({ expect }) => {
    const { stock, cartId } = await withSurplus();

    const [other, edit] = [await stock.reserve(reserveRequest(3)), await stock.setCart(cartEdit(cartId, 2, 4))];

    expect([other.outcome, edit.outcome]).toEqual(["short", "checking_out"]);
  });

  it("is taken by a later generation that quotes it", async ({ expect }) => {
    const { productId, stock, cartId } = await withSurplus();

    const answer = await stock.convert(checkoutOf(cartId, 2, 3));

    expect(answer).toMatchObject({ outcome: "reserved", allocations: [{ quantity: 3 }], fresh: [] });
    expect(await holdsIn(productId)).toEqual([{ hold_id: `${cartId}.2`, warehouse_id: "BLR", quantity: 3 }]);
    expect(await unitsOf(stock)).toEqual([5, 3]);
  });

  it.for([
    { end: "sold", units: [5, 0, 1] },
    { end: "kept for its payment", units: [5, 1] },
    { end: "cancelled", units: [5, 0] },
  ])("is released when the order is $end, and waiting requests get it", async ({ end, units }, { expect }) => {
    const { productId, stock, cartId, holdId } = await withSurplus();
    const blocked = stock.reserve(reserveRequest(3, { waitMs: 60_000 }));
    await stock.levels();

    const endIt = {
      sold: () => stock.commit(holdId),
      "kept for its payment": () => stock.keep(holdId, Date.now() + CART_MS),
      cancelled: () => stock.cancelHold(holdId),
    }[end];
    await endIt?.();
    await endIt?.();

    expect(await blocked).toMatchObject({ outcome: "reserved" });
    const [onHand = 0, reserved = 0, ...allocated] = units;
    expect(await unitsOf(stock)).toEqual([onHand, reserved + 3, ...allocated]);
    expect(await movementsOf(productId, `${holdId}/surplus`)).toEqual(["release 2"]);
    expect(await sqlIn(productId, "SELECT hold_id FROM holds WHERE hold_id = ?", cartId)).toEqual([]);
    expect(await stock.audit()).toEqual([]);
  });

  it("expires with the cart, and so do units returned after that", async ({ expect }) => {
    const { productId, stock, cartId, holdId } = await withSurplus();
    advanceTime(CART_MS);
    const between = await unitsOf(stock);

    await stock.giveBack(holdId);

    expect([between, await unitsOf(stock)]).toEqual([
      [5, 1],
      [5, 0],
    ]);
    expect(await movementsOf(productId, `${cartId}/1`)).toEqual(["reserve 3", "expire 2", "expire 1"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("expires once more with each later checkout that quotes less", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart(5, 3);
    await stock.convert(checkoutOf(cartId, 1, 3));
    advanceTime(CART_MS);

    for (const [generation, quantity] of [
      [2, 2],
      [3, 1],
    ] as const)
      await stock.convert(checkoutOf(cartId, generation, quantity));

    expect(await unitsOf(stock)).toEqual([5, 1]);
    expect(await movementsOf(productId, `${cartId}/1`)).toEqual(["reserve 3", "expire 1", "expire 1"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("keeps its extended expiry time for the returned units too", async ({ expect }) => {
    const { productId, stock, cartId, holdId } = await withSurplus();
    await stock.extendCart(cartId, Date.now() + CART_MS + 60_000);
    advanceTime(CART_MS);

    await stock.giveBack(holdId);

    const rows = await sqlIn(productId, "SELECT hold_id, quantity, expires_at_ms - ? AS ms FROM holds", Date.now());
    expect(rows).toEqual([{ hold_id: cartId, quantity: 3, ms: 60_000 }]);
  });

  it("keeps its extended expiry time when the next checkout took both", async ({ expect }) => {
    const { productId, stock, cartId } = await withSurplus();
    await stock.extendCart(cartId, Date.now() + CART_MS + 60_000);
    await stock.convert(checkoutOf(cartId, 2, 3));

    await stock.giveBack(`${cartId}.2`);

    const rows = await sqlIn(productId, "SELECT hold_id, quantity, expires_at_ms - ? AS ms FROM holds", Date.now());
    expect(rows).toEqual([{ hold_id: cartId, quantity: 3, ms: CART_MS + 60_000 }]);
  });

  it("stays the same quantity when the checkout takes units of another warehouse", async ({ expect }) => {
    const own = await stockWith({ BLR: 3, DEL: 3 });
    const cartId = newCart();
    await own.stock.setCart(cartEdit(cartId, 1, 3));

    await own.stock.convert(checkoutOf(cartId, 1, 1, { ranking: ["DEL"] }));
    const taken = await holdsIn(own.productId);
    await own.stock.giveBack(`${cartId}.1`);

    const [stays, moved] = [
      { hold_id: cartId, warehouse_id: "BLR", quantity: 2 },
      { hold_id: `${cartId}.1`, warehouse_id: "DEL", quantity: 1 },
    ];
    expect(taken).toEqual([stays, moved]);
    expect(await holdsIn(own.productId)).toEqual([stays, { ...moved, hold_id: cartId }]);
    expect(await own.stock.audit()).toEqual([]);
  });

  it("is released at once if it came only from an earlier, abandoned checkout", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart(5, 3);
    advanceTime(CART_MS);
    await stock.convert(checkoutOf(cartId, 1, 3));

    const answer = await stock.convert(checkoutOf(cartId, 2, 1));

    expect(answer).toMatchObject({ outcome: "reserved", fresh: ["v"] });
    expect(await unitsOf(stock)).toEqual([5, 1]);
    expect(await movementsOf(productId, `${cartId}.2/moved`)).toEqual(["release 2"]);
  });

  it("stays in the cart when the alarm returns a checkout without an order", async ({ expect }) => {
    const { productId, cartId } = await withSurplus();
    advanceTime(TENTATIVE_MS);

    await runAlarm(productId);

    expect(await holdsIn(productId)).toEqual([{ hold_id: cartId, warehouse_id: "BLR", quantity: 3 }]);
  });
});
