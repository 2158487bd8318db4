import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { cartRow, cartWith, checkedOutBy, ordersOfCart } from "../support/checkouts.ts";
import { faultyWorker, type OutsideCall } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { unitsOf } from "../support/order-http.ts";
import { stocked } from "../support/orders.ts";
import { demoWarehouses, newId } from "../support/shop.ts";
import { sqlInD1 } from "../support/stock.ts";

const CART_MS = 5 * 60_000;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** A Worker that waits before a call until it is let go on. */
function waitingAt(is: (call: OutsideCall) => boolean) {
  let goOn = () => {};
  const open = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let hasCome = () => {};
  const waits = new Promise<void>((resolve) => {
    hasCome = resolve;
  });
  const worker = faultyWorker(undefined, async (call) => {
    if (!is(call)) return;
    hasCome();
    await open;
  });
  return { worker, waits, goOn: () => goOn() };
}

const isBatch = (nth: number) => (call: OutsideCall) => call.to === "d1" && call.nth === nth;
const noCommit = () => faultyWorker((call) => (call.to === "stock" && call.method === "commit" ? "lost" : "none"));

describe("two checkouts of one cart, which share a hold", () => {
  it("leave the winner its units when the loser finds out, though they have not left yet", async ({ expect }) => {
    const productId = await stocked(2);
    const cartId = await cartWith([{ productId, quantity: 2 }], { forMs: CART_MS });
    const loser = waitingAt(isBatch(2));
    const lost = checkedOutBy(loser.worker.deps, cartId, { key: newId("key") });
    await loser.waits;
    const winner = noCommit();
    const won = await checkedOutBy(winner.deps, cartId, { key: newId("key") });
    await winner.idle();

    loser.goOn();

    expect(won).toMatchObject({ replayed: false });
    expect(await lost).toMatchObject({ code: "cart_checked_out" });
    await loser.worker.idle();
    expect(await unitsOf(productId)).toEqual({ BLR: [2, 2] });
    await recover([productId]);
    await expectInvariants(expect, new Map([[productId, 2]]));
  });

  it("do not end each other's generation: one that is late leaves the next alone", async ({ expect }) => {
    const productId = await stocked(2);
    const cartId = await cartWith([{ productId, quantity: 2 }], { forMs: CART_MS });
    const late = waitingAt(isBatch(2));
    const stale = checkedOutBy(late.worker.deps, cartId);
    await late.waits;
    await sqlInD1("UPDATE carts SET generation = 2 WHERE cart_id = ?", cartId);
    const next = waitingAt(isBatch(2));
    const placing = checkedOutBy(next.worker.deps, cartId);
    await next.waits;

    late.goOn();
    const over = await stale;
    next.goOn();

    expect(over).toMatchObject({ code: "unresolved" });
    expect(await placing).toMatchObject({ order: { holdId: `${cartId}.2` } });
    expect(await cartRow(cartId)).toMatchObject({ generation: 2 });
  });

  it("never record units that were quoted for another wish", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await cartWith([{ productId, quantity: 2 }], { forMs: CART_MS });
    const first = waitingAt((call) => call.to === "stock" && call.method === "convert");
    const outdated = checkedOutBy(first.worker.deps, cartId);
    await first.waits;
    await sqlInD1("UPDATE cart_items SET quantity = 3 WHERE cart_id = ?", cartId);
    const second = waitingAt(isBatch(2));
    const wanted = checkedOutBy(second.worker.deps, cartId);
    await second.waits;

    first.goOn();
    const answer = await outdated;
    second.goOn();
    await wanted;

    expect(answer).toMatchObject({ code: "unresolved" });
    const retried = await checkedOutBy(faultyWorker().deps, cartId);
    expect(retried).toMatchObject({ order: { items: [{ quantity: 3 }] } });
    expect(await ordersOfCart(cartId)).toHaveLength(1);
    await recover([productId]);
    await expectInvariants(expect, new Map([[productId, 5]]));
  });

  it("keep no refusal of a key whose generation another has ended", async ({ expect }) => {
    const productId = await stocked(1);
    const cartId = await cartWith([{ productId, quantity: 2, isLost: true }]);
    const late = waitingAt(isBatch(2));
    const key = newId("key");
    const stale = checkedOutBy(late.worker.deps, cartId, { key });
    await late.waits;
    await sqlInD1("UPDATE carts SET generation = 2 WHERE cart_id = ?", cartId);

    late.goOn();

    expect(await stale).toMatchObject({ code: "unresolved" });
    await sqlInD1("UPDATE cart_items SET quantity = 1 WHERE cart_id = ?", cartId);
    expect(await checkedOutBy(faultyWorker().deps, cartId, { key })).toMatchObject({ replayed: false });
  });
});
