import { beforeEach, describe, it } from "vitest";
import { adjustment, evict, movementsOf, stockWith, advanceTime, stopTime, unitsOf } from "../../support/stock/stock.ts";
import { CART_MS, cartEdit, cartLine, newCart } from "../../support/stock/cart-holds.ts";

beforeEach(stopTime);

describe("an edit of a cart (K0)", () => {
  it("reserves units, and returns what the cart has and until when", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const cartId = newCart();

    const answer = await stock.setCart(cartEdit(cartId, 1, 3));

    const held = [{ variantId: "v", quantity: 3, untilMs: Date.now() + CART_MS }];
    expect(answer).toMatchObject({ outcome: "set", held, levels: [{ onHand: 5, reserved: 3 }] });
    expect(await movementsOf(productId, `${cartId}/1`)).toEqual(["reserve 3"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("moves only the difference, and counts its own units as free", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 3));

    const more = await stock.setCart(cartEdit(cartId, 2, 5));
    const less = await stock.setCart(cartEdit(cartId, 3, 1));
    const none = await stock.setCart(cartEdit(cartId, 4, 0));

    expect([more, less, none].map((answer) => "held" in answer && answer.held.map(({ quantity }) => quantity))).toEqual([
      [5],
      [1],
      [],
    ]);
    const moved = await Promise.all([2, 3, 4].map((editNo) => movementsOf(productId, `${cartId}/${editNo}`)));
    expect(moved).toEqual([["reserve 2"], ["release 4"], ["release 1"]]);
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("does nothing when it is repeated or arrives after a later one", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 3));
    await stock.setCart(cartEdit(cartId, 3, 1));
    await evict(productId);

    const repeated = await stock.setCart(cartEdit(cartId, 3, 1));
    const late = await stock.setCart(cartEdit(cartId, 2, 5));

    expect([repeated, late]).toMatchObject([
      { outcome: "set", held: [{ quantity: 1 }] },
      { outcome: "set", held: [{ quantity: 1 }] },
    ]);
    expect(await unitsOf(stock)).toEqual([5, 1]);
  });

  it("returns that nothing is held when it is repeated after its units expired", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 3));
    advanceTime(CART_MS);

    const repeated = await stock.setCart(cartEdit(cartId, 1, 3));

    expect(repeated).toMatchObject({ outcome: "set", held: [] });
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("reserves all of its lines or none, and otherwise leaves the cart as it was", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 2));

    const answer = await stock.setCart(cartEdit(cartId, 2, 0, { lines: [cartLine("v", 4), cartLine("w", 1)] }));

    expect(answer).toMatchObject({ outcome: "short", lines: [{ variantId: "w", quantity: 1, available: 0 }] });
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("that was short may be repeated under its number when there is enough", async ({ expect }) => {
    const { stock } = await stockWith(2);
    const cartId = newCart();
    const short = await stock.setCart(cartEdit(cartId, 1, 3));
    await stock.adjust(adjustment("receive", 1));

    const again = await stock.setCart(cartEdit(cartId, 1, 3));

    expect([short.outcome, again.outcome]).toEqual(["short", "set"]);
  });

  it("never shortens the expiry time, even if an extension overtook it", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const cartId = newCart();
    const late = cartEdit(cartId, 2, 3);
    await stock.setCart(cartEdit(cartId, 1, 2));
    const untilMs = late.untilMs + 60_000;
    await stock.extendCart(cartId, untilMs);

    const answer = await stock.setCart(late);

    expect(answer).toMatchObject({ outcome: "set", held: [{ quantity: 3, untilMs }] });
  });

  it("leaves other variants as they are", async ({ expect }) => {
    const { stock } = await stockWith(5);
    await stock.adjust(adjustment("receive", 5, { variantId: "w" }));
    const cartId = newCart();
    await stock.setCart(cartEdit(cartId, 1, 2));

    await stock.setCart(cartEdit(cartId, 2, 0, { lines: [cartLine("w", 3)] }));

    expect([await unitsOf(stock), await unitsOf(stock, { variantId: "w" })]).toEqual([
      [5, 2],
      [5, 3],
    ]);
  });
});
