import { beforeEach, describe, it } from "vitest";
import {
  adjustment,
  held,
  movementsOf,
  msToAlarm,
  stockWith,
  advanceTime,
  sqlIn,
  stopTime,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { CART_MS, cartEdit, checkoutOf, newCart } from "../../support/stock/cart-holds.ts";

beforeEach(stopTime);

describe("an edit of a cart beside other carts and orders (K0, K6)", () => {
  it("takes no units of other carts and holds", async ({ expect }) => {
    const { stock } = await stockWith(5);
    await stock.setCart(cartEdit(newCart(), 1, 2));
    await held(stock, reserveRequest(2));

    const answer = await stock.setCart(cartEdit(newCart(), 1, 2));

    expect(answer).toMatchObject({ outcome: "short", lines: [{ available: 1, tentative: true, isBehind: false }] });
  });

  it("keeps units in their warehouse when it reduces the quantity, even if the address prefers another", async ({ expect }) => {
    const { stock } = await stockWith({ BLR: 2, DEL: 2 });
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 4, { ranking: ["BLR", "DEL"] }));

    await stock.setCart(cartEdit(cartId, 2, 3, { ranking: ["DEL"] }));

    expect([await unitsOf(stock), await unitsOf(stock, { warehouseId: "DEL" })]).toEqual([
      [2, 1],
      [2, 2],
    ]);
  });

  it("reserves more at the warehouse that the address prefers, and releases units elsewhere", async ({ expect }) => {
    const { stock } = await stockWith({ BLR: 2, DEL: 4 });
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 2));

    await stock.setCart(cartEdit(cartId, 2, 3, { ranking: ["DEL"], policy: "single" }));

    expect([await unitsOf(stock), await unitsOf(stock, { warehouseId: "DEL" })]).toEqual([
      [2, 0],
      [4, 3],
    ]);
    expect(await stock.audit()).toEqual([]);
  });

  it("gets at most its share of the free units, its own included, but always one unit", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const cartId = newCart();
    const half = { maxSharePercent: 50 };

    const answers = [
      await stock.setCart(cartEdit(cartId, 1, 2, half)),
      await stock.setCart(cartEdit(cartId, 2, 3, half)),
      await stock.setCart(cartEdit(newCart(), 1, 1, { maxSharePercent: 1 })),
    ];

    expect(answers).toMatchObject([
      { outcome: "set" },
      { outcome: "too_many", lines: [{ variantId: "v", quantity: 3, most: 2 }] },
      { outcome: "set" },
    ]);
  });

  it("keeps its units when its share has become smaller", async ({ expect }) => {
    const { stock } = await stockWith(6);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 3));
    await stock.adjust(adjustment("issue", 3));

    const same = await stock.setCart(cartEdit(cartId, 2, 3, { maxSharePercent: 50 }));

    expect(same).toMatchObject({ outcome: "set", held: [{ quantity: 3 }] });
  });

  it("takes no units that earlier requests wait for", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const placing = await held(stock, reserveRequest(1));
    const waiting = stock.reserve(reserveRequest(2, { waitMs: 60_000 }));
    await stock.levels();

    const answer = await stock.setCart(cartEdit(newCart(), 1, 1));

    expect(answer).toMatchObject({ outcome: "short", lines: [{ isBehind: true }] });
    await stock.release(placing);
    expect(await waiting).toMatchObject({ outcome: "reserved" });
  });

  it("is refused while the cart is being checked out (K6)", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 2));
    await stock.convert(checkoutOf(cartId, 1, 2));

    const answer = await stock.setCart(cartEdit(cartId, 2, 5));

    expect(answer).toEqual({ outcome: "checking_out", isNew: true });
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("stays refused after the checkout: a repeat reports that the edit is not new, and does nothing", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 2));
    await stock.convert(checkoutOf(cartId, 1, 2));
    await stock.setCart(cartEdit(cartId, 2, 5));

    const again = await stock.setCart(cartEdit(cartId, 2, 5));
    await stock.giveBack(`${cartId}.1`);
    const late = await stock.setCart(cartEdit(cartId, 2, 5));

    expect([again, late]).toMatchObject([{ outcome: "checking_out", isNew: false }, { held: [{ quantity: 2 }] }]);
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("serves waiting requests when it releases units", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 1));
    const placing = await held(stock, reserveRequest(1));
    const waiting = stock.reserve(reserveRequest(1, { waitMs: 60_000 }));
    await stock.levels();

    await stock.setCart(cartEdit(cartId, 2, 0));

    expect(await waiting).toMatchObject({ outcome: "reserved" });
    await stock.release(placing);
  });
});

describe("the expiry time of a cart's units", () => {
  it("is extended for everything that the cart has, and never shortened", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 2));
    const laterMs = Date.now() + 2 * CART_MS;

    const answers = [await stock.extendCart(cartId, laterMs), await stock.extendCart(cartId, Date.now())];
    advanceTime(2 * CART_MS - 1);

    expect(answers).toEqual([
      [{ variantId: "v", quantity: 2, untilMs: laterMs }],
      [{ variantId: "v", quantity: 2, untilMs: laterMs }],
    ]);
    expect(await unitsOf(stock)).toEqual([5, 2]);
    advanceTime(1);
    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, `${cartId}/1`)).toEqual(["reserve 2", "expire 2"]);
  });

  it("cannot be extended once it is over", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 2));
    advanceTime(CART_MS);

    const answer = await stock.extendCart(cartId, Date.now() + CART_MS);

    expect(answer).toEqual([]);
    expect(await sqlIn(productId, "SELECT * FROM holds")).toEqual([]);
  });

  it("sets the alarm, so that units expire without any further call", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const before = await msToAlarm(productId);

    await stock.setCart(cartEdit(newCart(), 1, 2, { untilMs: Date.now() + 10 }));

    expect([before, await msToAlarm(productId)]).toEqual([1_000, 10]);
  });
});
