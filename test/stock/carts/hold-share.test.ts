import { beforeAll, describe, it, vi } from "vitest";
import { cartEdit, checkoutOf, newCart } from "../../support/stock/cart-holds.ts";
import { newId } from "../../support/shop/shop.ts";
import { held, newHold, reserveRequest, sqlIn, stockWith, stopTime, unitsOf } from "../../support/stock/stock.ts";

const shareOf = (client: string, percent = 50) => ({ client, percent });
const outcomesOf = (answers: readonly { outcome: string }[]) => answers.map(({ outcome }) => outcome);

beforeAll(stopTime);
beforeAll(() => () => void vi.useRealTimers());

describe("the unpaid holds of one client", () => {
  it("have at most the share together, over all its carts", async ({ expect }) => {
    const { stock } = await stockWith(10);
    const share = shareOf(newId("client"));
    const carts = Array.from({ length: 6 }, newCart);

    const answers = [];
    for (const cartId of carts) answers.push(await stock.setCart(cartEdit(cartId, 1, 1, { share })));

    expect(outcomesOf(answers)).toEqual(["set", "set", "set", "set", "set", "too_many"]);
    expect(answers.at(-1)).toMatchObject({ lines: [{ variantId: "v", quantity: 1, most: 0, ofClient: true }] });
    expect(await unitsOf(stock)).toEqual([10, 5]);
    // Another client has half of what is free.
    expect(await stock.setCart(cartEdit(newCart(), 1, 3, { share: shareOf("other") }))).toMatchObject({
      outcome: "too_many",
      lines: [{ most: 2, ofClient: true }],
    });
  });

  it("have the share of orders that wait for payment and of carts together, and not what is paid at its delivery", async ({
    expect,
  }) => {
    const { stock } = await stockWith(10);
    const share = shareOf(newId("client"));
    const unpaid = await held(stock, reserveRequest(3, { share }));
    await stock.keep(unpaid, Date.now() + 1_800_000);
    await stock.setCart(cartEdit(newCart(), 1, 1, { share }));

    const refused = await stock.reserve(reserveRequest(2, { share }));
    const cash = await stock.reserve(reserveRequest(1));
    await stock.commit(unpaid);
    const paid = await stock.reserve(reserveRequest(1, { share }));

    expect(refused).toMatchObject({ outcome: "short", lines: [{ available: 1, most: 1, tentative: false, ownHolds: [] }] });
    expect([cash.outcome, paid.outcome]).toEqual(["reserved", "reserved"]);
  });

  it("have one unit always, in one hold, so thirty clients get ten units between them", async ({ expect }) => {
    const { stock } = await stockWith(10);

    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => stock.setCart(cartEdit(newCart(), 1, 1, { share: shareOf(`client ${n}`) }))),
    );

    expect(outcomesOf(answers).filter((outcome) => outcome === "set")).toHaveLength(10);
    expect(outcomesOf(answers).filter((outcome) => outcome === "short")).toHaveLength(20);
  });

  it("keep what they have when the share shrinks, and may shrink", async ({ expect }) => {
    const { stock } = await stockWith(10);
    const [cartId, share] = [newCart(), shareOf(newId("client"))];
    await stock.setCart(cartEdit(cartId, 1, 5, { share }));
    await stock.commit(await held(stock, reserveRequest(5)));

    const same = await stock.setCart(cartEdit(cartId, 2, 5, { share }));
    const less = await stock.setCart(cartEdit(cartId, 3, 4, { share }));
    const more = await stock.setCart(cartEdit(cartId, 4, 5, { share }));

    expect(outcomesOf([same, less, more])).toEqual(["set", "set", "too_many"]);
  });

  it("are decided one after the other: of six at once only so many have units", async ({ expect }) => {
    const { stock } = await stockWith(10);
    const share = shareOf(newId("client"));

    const answers = await Promise.all(Array.from({ length: 6 }, () => stock.reserve(reserveRequest(2, { share }))));

    expect(outcomesOf(answers).filter((outcome) => outcome === "reserved")).toHaveLength(2);
    expect(await unitsOf(stock)).toEqual([10, 4]);
  });

  it("count an earlier attempt at the same order as the order's own (I4), and a repeat is the same answer", async ({
    expect,
  }) => {
    const { stock } = await stockWith(10);
    const [orderId, share] = [newId("ORD"), shareOf(newId("client"))];
    const dead = await held(stock, reserveRequest(5, { share, holdId: newHold(orderId) }));

    const request = reserveRequest(5, { share, holdId: newHold(orderId) });
    const [first, again] = [await stock.reserve(request), await stock.reserve(request)];
    await stock.release(dead);

    expect(outcomesOf([first, again])).toEqual(["reserved", "reserved"]);
    expect(await unitsOf(stock)).toEqual([10, 5]);
  });

  it("bound what a checkout reserves beyond its cart, and go with the cart's units", async ({ expect }) => {
    const { productId, stock } = await stockWith(10);
    const [cartId, share] = [newCart(), shareOf(newId("client"))];
    await stock.setCart(cartEdit(cartId, 1, 3, { share }));

    const refused = await stock.convert(checkoutOf(cartId, 1, 6, { share }));
    const taken = await stock.convert(checkoutOf(cartId, 1, 5, { share }));
    const clients = await sqlIn<{ client: string; units: number }>(
      productId,
      "SELECT client, sum(quantity) AS units FROM holds GROUP BY client",
    );

    expect(refused).toMatchObject({ outcome: "short", lines: [{ quantity: 6, available: 5, most: 5 }] });
    expect(taken.outcome).toBe("reserved");
    expect(clients).toEqual([{ client: share.client, units: 5 }]);
    expect((await stock.setCart(cartEdit(newCart(), 1, 1, { share }))).outcome).toBe("too_many");
  });

  it("stay the client's when staff change its cart, who have no ceiling", async ({ expect }) => {
    const { stock } = await stockWith(10);
    const [cartId, share] = [newCart(), shareOf(newId("client"))];
    await stock.setCart(cartEdit(cartId, 1, 1, { share }));

    const byStaff = await stock.setCart(cartEdit(cartId, 2, 8));

    expect(byStaff.outcome).toBe("set");
    expect((await stock.setCart(cartEdit(newCart(), 1, 1, { share }))).outcome).toBe("too_many");
  });
});
