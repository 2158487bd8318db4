import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { cartRow, insertCart, checkOutBy, ordersOfCart } from "../../support/carts/checkouts.ts";
import { atD1, faultyWorker, isRecord, waitingAt } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { unitsOf } from "../../support/orders/http.ts";
import { stocked } from "../../support/orders/orders.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const CART_MS = 5 * 60_000;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const noCommit = () => faultyWorker((call) => (call.to === "stock" && call.method === "commit" ? "lost" : "none"));

describe("two checkouts of one cart, which share a hold", () => {
  it("leave the winner its units when the loser ends, although they are not allocated to it yet", async ({ expect }) => {
    const productId = await stocked(2);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: CART_MS });
    const loser = waitingAt(isRecord);
    const lost = checkOutBy(loser.worker.deps, cartId, { key: newId("key") });
    await loser.waits;
    const winner = noCommit();
    const won = await checkOutBy(winner.deps, cartId, { key: newId("key") });
    await winner.idle();

    loser.goOn();

    expect(won).toMatchObject({ replayed: false });
    expect(await lost).toMatchObject({ code: "cart_checked_out" });
    await loser.worker.idle();
    expect(await unitsOf(productId)).toEqual({ BLR: [2, 2] });
    await recover([productId]);
    await expectInvariants(expect, new Map([[productId, 2]]));
  });

  it("do not end each other's generation: a late one does not touch the next", async ({ expect }) => {
    const productId = await stocked(2);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: CART_MS });
    const late = waitingAt(isRecord);
    const stale = checkOutBy(late.worker.deps, cartId);
    await late.waits;
    await sqlInD1("UPDATE carts SET generation = 2 WHERE cart_id = ?", cartId);
    const next = waitingAt(isRecord);
    const placing = checkOutBy(next.worker.deps, cartId);
    await next.waits;

    late.goOn();
    const over = await stale;
    next.goOn();

    expect(over).toMatchObject({ code: "unresolved" });
    expect(await placing).toMatchObject({ order: { holdId: `${cartId}.2` } });
    expect(await cartRow(cartId)).toMatchObject({ generation: 2 });
  });

  it("never record units that were quoted for another quantity", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: CART_MS });
    const first = waitingAt((call) => call.to === "stock" && call.method === "convert");
    const outdated = checkOutBy(first.worker.deps, cartId);
    await first.waits;
    await sqlInD1("UPDATE cart_items SET quantity = 3 WHERE cart_id = ?", cartId);
    const second = waitingAt(isRecord);
    const wanted = checkOutBy(second.worker.deps, cartId);
    await second.waits;

    first.goOn();
    const answer = await outdated;
    second.goOn();
    await wanted;

    expect(answer).toMatchObject({ code: "unresolved" });
    const retried = await checkOutBy(faultyWorker().deps, cartId);
    expect(retried).toMatchObject({ order: { items: [{ quantity: 3 }] } });
    expect(await ordersOfCart(cartId)).toHaveLength(1);
    await recover([productId]);
    await expectInvariants(expect, new Map([[productId, 5]]));
  });

  it("record nothing where the cart was edited since the quote, because the shopper saw another cart", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: CART_MS });
    const checkout = waitingAt(isRecord);
    const answer = checkOutBy(checkout.worker.deps, cartId);
    await checkout.waits;
    await sqlInD1("UPDATE carts SET edit_no = edit_no + 1 WHERE cart_id = ?", cartId);

    checkout.goOn();

    expect(await answer).toMatchObject({ code: "unresolved" });
    expect(await ordersOfCart(cartId)).toEqual([]);
    expect(await checkOutBy(faultyWorker().deps, cartId)).toMatchObject({ replayed: false });
  });

  it("keep no refusal of a key whose generation another checkout has ended", async ({ expect }) => {
    const productId = await stocked(1);
    const cartId = await insertCart([{ productId, quantity: 2, isLost: true }]);
    const late = waitingAt(atD1("end checkout"));
    const key = newId("key");
    const stale = checkOutBy(late.worker.deps, cartId, { key });
    await late.waits;
    await sqlInD1("UPDATE carts SET generation = 2 WHERE cart_id = ?", cartId);

    late.goOn();

    expect(await stale).toMatchObject({ code: "unresolved" });
    await sqlInD1("UPDATE cart_items SET quantity = 1 WHERE cart_id = ?", cartId);
    expect(await checkOutBy(faultyWorker().deps, cartId, { key })).toMatchObject({ replayed: false });
  });
});
