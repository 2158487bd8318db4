import { beforeAll, beforeEach, describe, it } from "vitest";
import { bodyOf, readCart, cartOf, changeItem, itemRows, newCart, putItem, unitsIn } from "../support/carts/carts.ts";
import { faultyWorker } from "../support/faults.ts";
import { availableAt, stocked } from "../support/orders/orders.ts";
import { bundle, demoWarehouses } from "../support/shop/shop.ts";
import { advanceTime, sqlInD1, stopTime } from "../support/stock/stock.ts";
import { sweep } from "../../src/cron.ts";

const MINUTE_MS = 60_000;

beforeAll(demoWarehouses);
beforeEach(stopTime);

describe("activity in a cart", () => {
  it("extends every line, up to a limit counted from the line's first reservation", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(20)];
    const startMs = Date.now();
    const cartId = await cartOf({ [rice]: 1 });
    const untils: number[] = [];

    for (let quantity = 1; quantity <= 5; quantity += 1) {
      advanceTime(14 * MINUTE_MS);
      const { items } = await bodyOf(putItem(cartId, dal, quantity));
      const item = items.find(({ item_id: id }) => id === rice);
      untils.push(item ? (Date.parse(String(item.reserved_until)) - startMs) / MINUTE_MS : 0);
    }

    expect(untils).toEqual([29, 43, 57, 60, 0]);
    expect(await availableAt(rice)).toBe(10);
    expect(unitsIn(await readCart(cartId))).toEqual({ [dal]: [5, true] });
  });

  it("does not include reading the cart", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 1 });
    const before = await itemRows(cartId);
    advanceTime(10 * MINUTE_MS);

    await readCart(cartId);

    expect(await itemRows(cartId)).toEqual(before);
  });

  it("does not extend a line beyond its limit when the line itself changes; after a gap the limit starts anew", async ({
    expect,
  }) => {
    const productId = await stocked(20);
    const startMs = Date.now();
    const cartId = await cartOf({ [productId]: 1 });
    for (let quantity = 2; quantity <= 5; quantity += 1) {
      advanceTime(14 * MINUTE_MS);
      await bodyOf(changeItem(cartId, productId, { quantity }));
    }

    const [atLimit] = await itemRows(cartId);
    advanceTime(4 * MINUTE_MS);
    await bodyOf(putItem(cartId, productId, 2));
    const [anew] = await itemRows(cartId);

    expect(atLimit).toMatchObject({ untilMs: startMs + 60 * MINUTE_MS, sinceMs: startMs });
    expect(anew).toMatchObject({ untilMs: startMs + 75 * MINUTE_MS, sinceMs: startMs + 60 * MINUTE_MS });
  });

  it("keeps units that lines share until the latest of their limits", async ({ expect }) => {
    const rice = await stocked(20);
    const { productId } = await bundle([{ productId: rice, quantity: 2 }]);
    const startMs = Date.now();
    const cartId = await cartOf({ [rice]: 1 });
    for (const minutes of [14, 14, 14, 14]) {
      advanceTime(minutes * MINUTE_MS);
      await bodyOf(changeItem(cartId, rice, { quantity: 1 }));
    }

    const { items } = await bodyOf(putItem(cartId, productId, 1));

    expect(items.map(({ reserved_until: until }) => (Date.parse(String(until)) - startMs) / MINUTE_MS)).toEqual([60, 71]);
    advanceTime(5 * MINUTE_MS);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [1, true] });
  });
});

describe("a cart without changes for 30 days", () => {
  it("is purged by the sweep with its lines and losses, also if it became an order; a younger one stays", async ({ expect }) => {
    const productId = await stocked(20);
    const [old, ordered] = [await cartOf({ [productId]: 1 }), await cartOf({ [productId]: 1 })];
    await sqlInD1("UPDATE carts SET order_id = 'ORD1' WHERE cart_id = ?", ordered);
    await sqlInD1(
      `INSERT INTO cart_losses (cart_id, variant_id, edit_no, product_id, quantity, reason, unit_price_minor, discounts, at_ms) VALUES (?, 'v', 1, 'p', 1, 'reservation_expired', 1, '{}', 1)`,
      old,
    );
    advanceTime(29 * 24 * 60 * MINUTE_MS);
    const young = await newCart();
    advanceTime(24 * 60 * MINUTE_MS + 1);

    const worker = faultyWorker();
    await sweep(worker.deps);

    const left = async (cartId: string) =>
      (
        await sqlInD1<{ rows: number }>(
          `SELECT (SELECT count(*) FROM carts WHERE cart_id = ?1) + (SELECT count(*) FROM cart_items WHERE cart_id = ?1) +
           (SELECT count(*) FROM cart_losses WHERE cart_id = ?1) AS rows`,
          cartId,
        )
      )[0]?.rows;
    expect([await left(old), await left(ordered), await left(young)]).toEqual([0, 0, 1]);
  });
});
