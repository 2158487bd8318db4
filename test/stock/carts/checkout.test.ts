import { beforeEach, describe, it } from "vitest";
import {
  evict,
  movementsOf,
  stockWith,
  advanceTime,
  sqlIn,
  stopTime,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { CART_MS, cartEdit, cartLine, checkoutOf, newCart, withCart } from "../../support/stock/cart-holds.ts";

beforeEach(stopTime);

describe("a checkout (K2)", () => {
  it("moves the cart's units into its hold, in the same warehouse, without a movement", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();

    const answer = await stock.convert(checkoutOf(cartId, 1, 2));

    const allocations = [{ variantId: "v", warehouseId: "BLR", quantity: 2 }];
    expect(answer).toMatchObject({ outcome: "reserved", allocations, fresh: [], levels: [{ onHand: 5, reserved: 2 }] });
    expect(await movementsOf(productId, `${cartId}.1`)).toEqual([]);
    expect(await sqlIn(productId, "SELECT hold_id, purpose, quantity FROM holds")).toEqual([
      { hold_id: `${cartId}.1`, purpose: "placing", quantity: 2 },
    ]);
    expect(await stock.audit()).toEqual([]);
  });

  it("answers every checkout of its generation the same, also after an eviction", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    const first = await stock.convert(checkoutOf(cartId, 1, 2));
    await evict(productId);

    const second = await stock.convert(checkoutOf(cartId, 1, 2));

    expect(second).toEqual(first);
  });

  it("leaves units beyond the quote in the cart and reserves missing ones", async ({ expect }) => {
    const [less, more] = [await withCart(5, 3), await withCart(5, 3)];

    const fewer = await less.stock.convert(checkoutOf(less.cartId, 1, 1));
    const answer = await more.stock.convert(checkoutOf(more.cartId, 1, 4));

    expect(fewer).toMatchObject({ allocations: [{ quantity: 1 }], fresh: [] });
    expect(await sqlIn(less.productId, "SELECT hold_id, purpose, quantity FROM holds ORDER BY hold_id")).toEqual([
      { hold_id: less.cartId, purpose: "cart", quantity: 2 },
      { hold_id: `${less.cartId}.1`, purpose: "placing", quantity: 1 },
    ]);
    expect(await movementsOf(more.productId, `${more.cartId}.1`)).toEqual(["reserve 1"]);
    expect(answer).toMatchObject({ fresh: [] });
    expect([await unitsOf(less.stock), await unitsOf(more.stock)]).toEqual([
      [5, 3],
      [5, 4],
    ]);
  });

  it("reserves expired units again, and reports them as fresh", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    advanceTime(CART_MS);

    const answer = await stock.convert(checkoutOf(cartId, 1, 2));

    expect(answer).toMatchObject({ outcome: "reserved", fresh: ["v"] });
    expect(await movementsOf(productId, `${cartId}.1`)).toEqual(["reserve 2"]);
    expect(await stock.convert(checkoutOf(cartId, 1, 2))).toEqual(answer);
  });

  it("exchanges units in warehouses that may not supply the address", async ({ expect }) => {
    const { stock, cartId } = await withCart({ BLR: 2, DEL: 2 });

    const answer = await stock.convert(checkoutOf(cartId, 1, 2, { ranking: ["DEL"] }));

    expect(answer).toMatchObject({ allocations: [{ warehouseId: "DEL", quantity: 2 }], fresh: [] });
    expect([await unitsOf(stock), await unitsOf(stock, { warehouseId: "DEL" })]).toEqual([
      [2, 0],
      [2, 2],
    ]);
  });

  it.for([
    { why: "the address forbids them and there are no others", more: { ranking: ["DEL"] } },
    { why: "another line has not enough", more: { lines: [cartLine("v", 2), cartLine("w", 1)] } },
  ])("moves nothing if $why", async ({ more }, { expect }) => {
    const { productId, stock, cartId } = await withCart({ BLR: 2, DEL: 1 });

    const answer = await stock.convert(checkoutOf(cartId, 1, 2, more));

    expect(answer.outcome).toBe("short");
    expect(await sqlIn(productId, "SELECT hold_id, warehouse_id, quantity FROM holds")).toEqual([
      { hold_id: cartId, warehouse_id: "BLR", quantity: 2 },
    ]);
  });

  it("keeps several warehouses if the policy splits lines, and moves to one if it does not", async ({ expect }) => {
    const places = { BLR: 2, DEL: 2, MUM: 3 };
    const ranking = ["BLR", "DEL", "MUM"];
    const [many, one] = await Promise.all(
      [1, 2].map(async () => {
        const own = await stockWith(places);
        const cartId = newCart();
        await own.stock.setCart(cartEdit(cartId, 1, 2, { ranking: ["BLR"] }));
        await own.stock.setCart(cartEdit(cartId, 2, 4, { ranking: ["BLR", "DEL"] }));
        return { ...own, cartId };
      }),
    );

    const kept = await many?.stock.convert(checkoutOf(many.cartId, 1, 3, { ranking }));
    const moved = await one?.stock.convert(checkoutOf(one.cartId, 1, 3, { ranking, policy: "single" }));

    const placesOf = (answer: typeof kept) =>
      answer && "allocations" in answer ? answer.allocations.map((each) => [each.warehouseId, each.quantity]) : [];
    expect(placesOf(kept)).toEqual([
      ["BLR", 2],
      ["DEL", 1],
    ]);
    expect(placesOf(moved)).toEqual([["MUM", 3]]);
  });

  it("leaves no moment in which others could take the units", async ({ expect }) => {
    const { stock, cartId } = await withCart(2);

    const [converted, other] = await Promise.all([stock.convert(checkoutOf(cartId, 1, 2)), stock.reserve(reserveRequest(1))]);

    expect([converted.outcome, other.outcome]).toEqual(["reserved", "short"]);
  });
});
