import { beforeEach, describe, it } from "vitest";
import {
  adjustment,
  stockWith,
  advanceTime,
  recordOrder,
  runAlarm,
  sqlIn,
  sqlInD1,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { checkoutOf, generationOf, recordAllocation, withCart } from "../../support/stock/cart-holds.ts";

beforeEach(stopTime);

/** Turns a cart into a recorded order of two units of a product. */
async function closeCart(cartId: string, productId: string): Promise<void> {
  await sqlInD1("UPDATE carts SET order_id = ? WHERE cart_id = ?", `ORD-${cartId}`, cartId);
  await recordAllocation(`ORD-${cartId}`, productId);
}

describe("an overdue checkout (A1, A2)", () => {
  it("is returned to a cart that is still open, whose generation increases", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    await stock.convert(checkoutOf(cartId, 1, 2));
    advanceTime(TENTATIVE_MS);

    await runAlarm(productId);

    expect(await sqlIn(productId, "SELECT hold_id FROM holds")).toEqual([{ hold_id: cartId }]);
    expect(await generationOf(cartId)).toBe(2);
    expect(await sqlInD1("SELECT id FROM fences WHERE id = ?", `${cartId}.1`)).toEqual([]);
    expect(await stock.convert(checkoutOf(cartId, 2, 2))).toMatchObject({ outcome: "reserved", fresh: [] });
  });

  it("is sold if an order records it, and the cart's generation stays", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    await stock.convert(checkoutOf(cartId, 1, 2));
    await recordOrder(`${cartId}.1`, { orderId: `ORD-${cartId}` });
    await closeCart(cartId, productId);
    advanceTime(TENTATIVE_MS);

    await runAlarm(productId);

    expect(await unitsOf(stock)).toEqual([5, 0, 2]);
    expect(await generationOf(cartId)).toBe(1);
  });

  it("is kept for its payment, and released when the window ends and the order expires", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    await stock.convert(checkoutOf(cartId, 1, 2));
    const payByMs = Date.now() + 2 * TENTATIVE_MS;
    await recordOrder(`${cartId}.1`, { orderId: `ORD-${cartId}`, paymentStatus: "pending", payByMs });
    await closeCart(cartId, productId);
    advanceTime(TENTATIVE_MS);
    await runAlarm(productId);
    const kept = await unitsOf(stock);
    advanceTime(TENTATIVE_MS);

    await runAlarm(productId);

    expect([kept, await unitsOf(stock)]).toEqual([
      [5, 2],
      [5, 0],
    ]);
    expect(await sqlInD1("SELECT status FROM orders WHERE order_id = ?", `ORD-${cartId}`)).toEqual([{ status: "EXPIRED" }]);
  });

  it("is returned to the cart for a product that the order does not contain", async ({ expect }) => {
    const { productId, cartId } = await withCart();
    const { productId: other, stock } = await stockWith(5);
    await stock.convert(checkoutOf(cartId, 1, 2));
    await recordOrder(`${cartId}.1`, { orderId: `ORD-${cartId}` });
    await closeCart(cartId, productId);
    advanceTime(TENTATIVE_MS);

    await runAlarm(other);

    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("of an ended generation leaves the next one alone", async ({ expect }) => {
    const { productId, stock, cartId } = await withCart();
    await sqlInD1("UPDATE carts SET generation = 2 WHERE cart_id = ?", cartId);
    await stock.convert(checkoutOf(cartId, 1, 2));
    advanceTime(TENTATIVE_MS);

    await runAlarm(productId);

    expect(await generationOf(cartId)).toBe(2);
    expect(await sqlIn(productId, "SELECT hold_id FROM holds")).toEqual([{ hold_id: cartId }]);
  });

  it("stays reserved until D1 has answered", async ({ expect }) => {
    const { stock, cartId } = await withCart(2);
    await stock.convert(checkoutOf(cartId, 1, 2));
    advanceTime(100 * TENTATIVE_MS);

    const answer = await stock.reserve(reserveRequest(1));

    expect(answer).toMatchObject({ outcome: "short", lines: [{ available: 0, tentative: true }] });
    expect(await stock.adjust(adjustment("issue", 1))).toMatchObject({ outcome: "units_reserved" });
  });
});
