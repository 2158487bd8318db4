import { beforeEach, describe, it } from "vitest";
import { held, movementsOf, advanceTime, sqlIn, stopTime, unitsOf, reserveRequest } from "../../support/stock/stock.ts";
import { CART_MS, checkoutOf, withCart } from "../../support/stock/cart-holds.ts";

beforeEach(stopTime);

describe("an ended checkout (K2)", () => {
  it("never takes units again once it was returned to the cart, or a later generation took units", async ({ expect }) => {
    const { stock, cartId } = await withCart();
    await stock.convert(checkoutOf(cartId, 1, 2));
    await stock.giveBack(`${cartId}.1`);

    const same = await stock.convert(checkoutOf(cartId, 1, 2));
    const next = await stock.convert(checkoutOf(cartId, 2, 2));
    const late = await stock.convert(checkoutOf(cartId, 1, 2));

    expect([same, next, late].map(({ outcome }) => outcome)).toEqual(["ended", "reserved", "ended"]);
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("never takes units again once it was sold or released, and is sold once", async ({ expect }) => {
    const [sold, released] = [await withCart(), await withCart()];
    for (const { stock, cartId } of [sold, released]) await stock.convert(checkoutOf(cartId, 1, 2));
    await sold.stock.commit(`${sold.cartId}.1`);
    await sold.stock.commit(`${sold.cartId}.1`);
    await released.stock.release(`${released.cartId}.1`);

    const again = await Promise.all([sold, released].map(({ stock, cartId }) => stock.convert(checkoutOf(cartId, 1, 2))));

    expect(again).toEqual([{ outcome: "ended" }, { outcome: "ended" }]);
    expect([await unitsOf(sold.stock), await unitsOf(released.stock)]).toEqual([
      [5, 0, 2],
      [5, 0],
    ]);
  });

  it("leaves units that the next checkout takes over, with the cart's own expiry time", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    await stock.convert(checkoutOf(cartId, 1, 2));

    const next = await stock.convert(checkoutOf(cartId, 2, 2));

    expect(next).toMatchObject({ outcome: "reserved", fresh: [] });
    expect(await sqlIn(productId, "SELECT hold_id, cart_expires_at_ms - ? AS ms FROM holds", Date.now())).toEqual([
      { hold_id: `${cartId}.2`, ms: CART_MS },
    ]);
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("can be cancelled in any state, like every hold", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    await stock.convert(checkoutOf(cartId, 1, 2));
    await stock.commit(`${cartId}.1`);

    await stock.cancelHold(`${cartId}.1`);
    await stock.cancelHold(`${cartId}.1`);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, `${cartId}.1`)).toEqual(["allocate 2", "deallocate 2"]);
  });
});

describe("a checkout returned to its cart (K5)", () => {
  it("returns the units with their former expiry time", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    const leftMs = CART_MS - 60_000;
    advanceTime(60_000);
    await stock.convert(checkoutOf(cartId, 1, 2));

    await stock.giveBack(`${cartId}.1`);
    await stock.giveBack(`${cartId}.1`);

    expect(await sqlIn(productId, "SELECT hold_id, purpose, expires_at_ms - ? AS ms FROM holds", Date.now())).toEqual([
      { hold_id: cartId, purpose: "cart", ms: leftMs },
    ]);
    advanceTime(leftMs);
    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, `${cartId}/1`)).toEqual(["reserve 2", "expire 2"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("releases what the cart did not have before, and what has expired", async ({ expect }) => {
    const [late, fresh] = [await withCart(), await withCart()];
    advanceTime(CART_MS - 1);
    await late.stock.convert(checkoutOf(late.cartId, 1, 2));
    advanceTime(1);
    await fresh.stock.convert(checkoutOf(fresh.cartId, 1, 2));

    for (const { stock, cartId } of [late, fresh]) await stock.giveBack(`${cartId}.1`);

    expect([await unitsOf(late.stock), await unitsOf(fresh.stock)]).toEqual([
      [5, 0],
      [5, 0],
    ]);
    expect(await movementsOf(late.productId, `${late.cartId}/1`)).toEqual(["reserve 2", "expire 2"]);
    expect(await movementsOf(fresh.productId, `${fresh.cartId}.1`)).toEqual(["reserve 2", "release 2"]);
  });

  it("serves waiting requests", async ({ expect }) => {
    const { stock, cartId } = await withCart(2);
    advanceTime(CART_MS);
    await stock.convert(checkoutOf(cartId, 1, 2));
    const waiting = stock.reserve(reserveRequest(2, { waitMs: 60_000 }));
    await stock.levels();

    await stock.giveBack(`${cartId}.1`);

    expect(await waiting).toMatchObject({ outcome: "reserved" });
  });
});

it("a late repeat of an order's reservation takes nothing between a cart and its checkout", async ({ expect }) => {
  const { stock, cartId } = await withCart(3);
  const request = reserveRequest(1);
  await held(stock, request);
  await stock.convert(checkoutOf(cartId, 1, 2));
  await stock.release(request.holdId);

  const late = await stock.reserve(request);

  expect(late).toEqual({ outcome: "ended" });
  expect(await unitsOf(stock)).toEqual([3, 2]);
});
