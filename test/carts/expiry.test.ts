import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, it } from "vitest";
import { deleteExpiredUnits } from "../../src/carts/loss-queries.ts";
import { bodyOf, readCart, cartOf, itemRows, lossRows, putItem, unitsIn, untilLossesSeen } from "../support/carts/carts.ts";
import { faultyWorker } from "../support/faults.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { availableAt, stocked } from "../support/orders/orders.ts";
import { bundle, demoWarehouses, flush } from "../support/shop/shop.ts";
import { advanceTime, sqlIn, stopTime } from "../support/stock/stock.ts";

const MINUTE_MS = 60_000;

beforeAll(demoWarehouses);
beforeEach(stopTime);

describe("an expired reservation", () => {
  it("releases its units at once, and the line is shown as lost even before a flush updates D1", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await cartOf({ [productId]: 2 });
    advanceTime(15 * MINUTE_MS);

    const cart = await readCart(cartId);

    expect(cart.items).toEqual([]);
    expect(cart.changes).toEqual([
      { what: "reservation_lost", item_id: productId, product_id: productId, quantity: 2, at: new Date().toISOString() },
    ]);
    expect(await availableAt(productId)).toBe(5);
  });

  it("is reported once: the answer deletes the line, and a later flush adds nothing", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await cartOf({ [productId]: 2 });
    advanceTime(15 * MINUTE_MS);

    await readCart(cartId);
    await untilLossesSeen(cartId);
    await flush(productId);
    const again = await readCart(cartId);

    expect([again.changes, await itemRows(cartId)]).toEqual([[], []]);
    expect(await lossRows(cartId)).toEqual([{ variantId: productId, quantity: 2, seen: 1 }]);
  });

  it("is flushed by the object's alarm: D1 turns the line into a loss, which is reported once", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await cartOf({ [productId]: 2 });
    advanceTime(15 * MINUTE_MS);

    await flush(productId);
    const rows = [await itemRows(cartId), await lossRows(cartId)];
    const first = await readCart(cartId);
    await untilLossesSeen(cartId);
    const second = await readCart(cartId);

    expect(rows).toEqual([[], [{ variantId: productId, quantity: 2, seen: 0 }]]);
    expect(first.changes).toMatchObject([{ what: "reservation_lost", item_id: productId, quantity: 2 }]);
    expect(second.changes).toEqual([]);
    await expectInvariants(expect, new Map([[productId, 5]]));
  });

  it("deletes a bundle's line when one component expires", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(10)];
    const { productId } = await bundle([{ productId: rice }, { productId: dal }]);
    const cartId = await cartOf({ [productId]: 2 });
    await sqlIn(rice, "UPDATE holds SET expires_at_ms = expires_at_ms - 1000");
    advanceTime(15 * MINUTE_MS - 500);

    await flush(rice);

    expect(await itemRows(cartId)).toEqual([]);
    expect(await lossRows(cartId)).toEqual([{ variantId: productId, quantity: 2, seen: 0 }]);
    expect([await availableAt(rice), await availableAt(dal)]).toEqual([10, 8]);
    await recover([rice, dal]);
    expect(await availableAt(dal)).toBe(10);
  });

  it("does not delete a line that a later edit wrote", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    advanceTime(15 * MINUTE_MS);

    await bodyOf(putItem(cartId, productId, 3));
    await flush(productId);

    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [3, true] });
    expect(await itemRows(cartId)).toMatchObject([{ quantity: 3 }]);
    await expectInvariants(expect, new Map([[productId, 10]]));
  });

  it("is reported by an edit of another line, and not again", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(10)];
    const cartId = await cartOf({ [rice]: 2 });
    advanceTime(15 * MINUTE_MS);

    const { items, changes } = await bodyOf(putItem(cartId, dal, 1));
    await untilLossesSeen(cartId);

    expect(items.map(({ item_id: id }) => id)).toEqual([dal]);
    expect(changes).toMatchObject([{ what: "reservation_lost", item_id: rice }]);
    expect((await readCart(cartId)).changes).toEqual([]);
  });

  it("flushed again by an object that resends everything deletes no line that was reserved since", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    advanceTime(15 * MINUTE_MS);
    await flush(productId);
    await bodyOf(putItem(cartId, productId, 3));

    await env.STOCK.getByName(productId).resend();
    await flush(productId);

    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [3, true] });
    expect(await lossRows(cartId)).toHaveLength(1);
  });

  it("flushed again by a repeated flush changes nothing", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    const { deps } = faultyWorker();
    const expired = [{ cartId, editNo: 1, variantId: productId, atMs: Date.now() }];

    await deps.db.batch("flush", { lost: deleteExpiredUnits(expired) });
    await deps.db.batch("flush", { lost: deleteExpiredUnits(expired) });
    await bodyOf(putItem(cartId, productId, 1));
    await deps.db.batch("flush", { lost: deleteExpiredUnits(expired) });

    expect(await itemRows(cartId)).toMatchObject([{ quantity: 1 }]);
    expect(await lossRows(cartId)).toHaveLength(1);
  });
});
