import { beforeAll, describe, it } from "vitest";
import { cartRow, insertCart, checkOutBy, ordersOfCart, PRICE_MINOR } from "../../support/carts/checkouts.ts";
import { faultyWorker } from "../../support/faults.ts";
import { unitsOf } from "../../support/orders/http.ts";
import { stocked } from "../../support/orders/orders.ts";
import { archive, demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlIn, sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

/** One product with units in BLR, some of them in a cart. */
async function inCart(units = 5, quantity = 2) {
  const productId = await stocked(units);
  const cartId = await insertCart([{ productId, quantity }]);
  return { productId, cartId, worker: faultyWorker() };
}

describe("a checkout", () => {
  it("turns a cart into an order under the hold of its generation, and its units are allocated to it", async ({ expect }) => {
    const { productId, cartId, worker } = await inCart();

    const placed = await checkOutBy(worker.deps, cartId);
    await worker.idle();

    expect(placed).toMatchObject({ replayed: false, order: { holdId: `${cartId}.1`, cartId, status: "PENDING" } });
    expect(await ordersOfCart(cartId)).toMatchObject([{ holdId: `${cartId}.1` }]);
    expect(await cartRow(cartId)).toMatchObject({ generation: 1, orderId: (await ordersOfCart(cartId))[0]?.orderId });
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 0, 2] });
  });

  it("takes three hops for any number of lines", async ({ expect }) => {
    const productIds = await Promise.all([1, 2, 3].map(() => stocked(5)));
    const cartId = await insertCart(productIds.map((productId) => ({ productId, quantity: 1 })));
    const calls: string[] = [];
    const worker = faultyWorker((call) => {
      calls.push(call.to === "d1" ? "d1" : call.method);
      return "none";
    });

    await checkOutBy(worker.deps, cartId);

    expect(calls.slice(0, 5)).toEqual(["d1", "convert", "convert", "convert", "d1"]);
  });

  it("succeeds once: another is refused with the order's id, and one with the same key gets the order", async ({ expect }) => {
    const { cartId, worker } = await inCart();
    const key = newId("key");

    const [first, repeated, other] = [
      await checkOutBy(worker.deps, cartId, { key }),
      await checkOutBy(worker.deps, cartId, { key }),
      await checkOutBy(worker.deps, cartId),
    ];

    const [order] = await ordersOfCart(cartId);
    expect([first, repeated]).toMatchObject([
      { replayed: false, order: { orderId: order?.orderId } },
      { replayed: true, order: { orderId: order?.orderId } },
    ]);
    expect(other).toEqual({ code: "cart_checked_out", members: { order_id: order?.orderId } });
  });

  it("keeps the units for their payment, where the order is not paid on delivery", async ({ expect }) => {
    const { productId, cartId, worker } = await inCart();

    await checkOutBy(worker.deps, cartId, { paymentMethod: "card" });
    await worker.idle();

    expect(await unitsOf(productId)).toEqual({ BLR: [5, 2] });
    expect(await sqlIn(productId, "SELECT hold_id, purpose FROM holds")).toEqual([
      { hold_id: `${cartId}.1`, purpose: "awaiting_payment" },
    ]);
  });

  it("reserves again what the cart lost, where it can", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2, isLost: true }]);
    const worker = faultyWorker();

    const placed = await checkOutBy(worker.deps, cartId);
    await worker.idle();

    expect(placed).toMatchObject({ replayed: false });
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 0, 2] });
  });

  it("is refused with every short line, and the cart keeps what it has and can be checked out later", async ({ expect }) => {
    const [held, gone] = [await stocked(5), await stocked(1)];
    const cartId = await insertCart([
      { productId: held, quantity: 2 },
      { productId: gone, quantity: 2, isLost: true },
    ]);
    const worker = faultyWorker();

    const refused = await checkOutBy(worker.deps, cartId);
    await worker.idle();

    expect(refused).toMatchObject({
      code: "insufficient_stock",
      members: { stock_errors: [{ product_id: gone, requested_quantity: 2, available_stock: 1 }] },
    });
    expect([await unitsOf(held), await unitsOf(gone)]).toEqual([{ BLR: [5, 2] }, { BLR: [1, 0] }]);
    expect(await cartRow(cartId)).toEqual({ generation: 2, orderId: null });
    await sqlInD1("UPDATE cart_items SET quantity = 1 WHERE cart_id = ? AND variant_id = ?", cartId, gone);
    expect(await checkOutBy(worker.deps, cartId)).toMatchObject({ order: { holdId: `${cartId}.2` } });
  });

  it("keeps the refusal of a key and repeats it, even when there is stock again", async ({ expect }) => {
    const productId = await stocked(1);
    const cartId = await insertCart([{ productId, quantity: 2, isLost: true }]);
    const worker = faultyWorker();
    const key = newId("key");
    const first = await checkOutBy(worker.deps, cartId, { key });
    await sqlInD1("UPDATE cart_items SET quantity = 1 WHERE cart_id = ?", cartId);

    const again = await checkOutBy(worker.deps, cartId, { key });

    expect([first, again]).toMatchObject([{ code: "insufficient_stock" }, { code: "insufficient_stock" }]);
    expect(await ordersOfCart(cartId)).toEqual([]);
    expect(await checkOutBy(worker.deps, cartId, { key: newId("key") })).toMatchObject({ replayed: false });
  });

  it("lists what is no longer sold among the short lines", async ({ expect }) => {
    const { productId, cartId, worker } = await inCart();
    await archive(productId);

    const refused = await checkOutBy(worker.deps, cartId);

    expect(refused).toMatchObject({ code: "insufficient_stock", members: { stock_errors: [{ product_id: productId }] } });
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 2] });
  });

  it("finds no cart of another customer, and none that does not exist", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 1 }], { userId: newId("u") });
    const { deps } = faultyWorker();

    const answers = [
      await checkOutBy(deps, cartId),
      await checkOutBy(deps, cartId, { userId: newId("u") }),
      await checkOutBy(deps, newId("CRT")),
      await checkOutBy(deps, cartId, { mayUseAny: true }),
    ];

    expect(answers).toMatchObject([{ code: "not_found" }, { code: "not_found" }, { code: "not_found" }, { replayed: false }]);
  });

  it("refuses an empty cart", async ({ expect }) => {
    const { deps } = faultyWorker();

    expect(await checkOutBy(deps, await insertCart([]))).toMatchObject({ code: "validation_failed" });
  });

  it("charges the cart's price while its units are reserved, even when the product's price has changed", async ({ expect }) => {
    const { productId, cartId, worker } = await inCart();
    await sqlInD1("UPDATE products SET price_minor = 99900 WHERE product_id = ?", productId);

    const placed = await checkOutBy(worker.deps, cartId);

    expect(placed).toMatchObject({ order: { subtotalMinor: 2 * PRICE_MINOR } });
  });

  it("returns the new total where a line has lost its reservation and its price has changed", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2, isLost: true }]);
    await sqlInD1("UPDATE products SET price_minor = 20000 WHERE product_id = ?", productId);
    const { deps } = faultyWorker();

    const refused = await checkOutBy(deps, cartId);
    const agreed = await checkOutBy(deps, cartId, { expectedMinor: 44_900 });

    expect(refused).toMatchObject({ code: "total_changed", members: { quote: { subtotal: 400 } } });
    expect(agreed).toMatchObject({ order: { totalMinor: 44_900 } });
  });
});
