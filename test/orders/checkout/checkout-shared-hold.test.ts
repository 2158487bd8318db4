import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { cartRow, insertCart, checkOutBy } from "../../support/carts/checkouts.ts";
import { atD1, faultyWorker, isRecord, outcome, waitingAt } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { unitsOf } from "../../support/orders/http.ts";
import { stocked } from "../../support/orders/orders.ts";
import { bundle, demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlIn, sqlInD1, stockOf } from "../../support/stock/stock.ts";
import { cartEdit } from "../../support/stock/cart-holds.ts";

// All checkouts of one generation share one hold, although they may have asked for different units.
const CART_MS = 5 * 60_000;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const dying = () => faultyWorker((call) => (isRecord(call) ? "dies_before" : "none"));

/** Releases a line's units in the object without D1 noticing. */
function takeFromObject(cartId: string, productId: string, editNo = 2) {
  return stockOf(productId).setCart(cartEdit(cartId, editNo, 0, { lines: [{ variantId: productId, quantity: 0, least: 1 }] }));
}

describe("a hold that several checkouts share", () => {
  it("sells no units of a product that the order does not have, although a slow checkout reserved some", async ({ expect }) => {
    const [kept, out] = [await stocked(5), await stocked(5)];
    const lines = [kept, out].map((productId) => ({ productId, quantity: 1 }));
    const cartId = await insertCart(lines, { forMs: CART_MS });
    const slow = waitingAt((call) => call.to === "stock" && call.method === "convert" && call.productId === out);
    const first = checkOutBy(slow.worker.deps, cartId);
    await slow.waits;
    await takeFromObject(cartId, out);
    await sqlInD1("DELETE FROM cart_items WHERE cart_id = ? AND variant_id = ?", cartId, out);
    const other = faultyWorker();
    await checkOutBy(other.deps, cartId);
    await other.idle();

    slow.goOn();

    expect(await first).toMatchObject({ code: "cart_checked_out" });
    await slow.worker.idle();
    await recover([kept, out]);
    expect(await unitsOf(out)).toEqual({ BLR: [5, 0] });
    await expectInvariants(
      expect,
      new Map([
        [kept, 5],
        [out, 5],
      ]),
    );
  });

  it("sells no units of a bundle's former components that an earlier, dead checkout reserved", async ({ expect }) => {
    const [before, after] = [await stocked(5), await stocked(5)];
    const { productId: bed } = await bundle([{ productId: before }]);
    const cartId = await insertCart([{ productId: bed, quantity: 1, isLost: true }], { forMs: CART_MS });
    const dead = dying();
    await outcome(dead, checkOutBy(dead.deps, cartId));
    await sqlInD1("UPDATE components SET product_id = ?, variant_id = ? WHERE bundle_id = ?", after, after, bed);
    const next = faultyWorker();

    await checkOutBy(next.deps, cartId);

    await next.idle();
    await recover([before, after]);
    await expectInvariants(
      expect,
      new Map([
        [before, 5],
        [after, 5],
      ]),
    );
  });

  it("gives no checkout the warehouses of another address", async ({ expect }) => {
    const productId = await stocked({ DEL: 5, BLR: 5 });
    const cartId = await insertCart([{ productId, quantity: 2, isLost: true }], { forMs: CART_MS });
    const dead = dying();
    await outcome(dead, checkOutBy(dead.deps, cartId, { postalCode: "110001" }));
    const collect = { deliveryMethod: "self_service", postalCode: "560001" } as const;
    const worker = faultyWorker();

    const first = await checkOutBy(worker.deps, cartId, collect);
    await worker.idle();
    const again = await checkOutBy(worker.deps, cartId, collect);

    expect([first, again]).toMatchObject([{ code: "unresolved" }, { order: { allocations: [{ warehouseId: "BLR" }] } }]);
  });

  it("is returned to the cart although its key placed an order of another cart meanwhile", async ({ expect }) => {
    const productId = await stocked(5);
    const [slowCart, cartId] = [
      await insertCart([{ productId, quantity: 1 }], { forMs: CART_MS }),
      await insertCart([{ productId, quantity: 1 }], { forMs: CART_MS }),
    ];
    const key = newId("key");
    const slow = waitingAt(isRecord);
    const first = checkOutBy(slow.worker.deps, slowCart, { key });
    await slow.waits;
    const other = faultyWorker();
    await checkOutBy(other.deps, cartId, { key });
    await other.idle();

    slow.goOn();
    await first;
    await slow.worker.idle();

    expect(await sqlIn(productId, "SELECT hold_id, purpose FROM holds")).toEqual([{ hold_id: slowCart, purpose: "cart" }]);
  });

  it("is returned to the cart where newly reserved units cannot be priced", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: CART_MS });
    await takeFromObject(cartId, productId);
    await sqlInD1("UPDATE products SET price_minor = 9000000000000000 WHERE product_id = ?", productId);
    const worker = faultyWorker();

    const refused = await checkOutBy(worker.deps, cartId);

    await worker.idle();
    expect(refused).toMatchObject({ code: "validation_failed" });
    expect(await cartRow(cartId)).toEqual({ generation: 2, orderId: null });
    expect(await unitsOf(productId)).toEqual({ BLR: [5, 0] });
  });

  it("records the loss of units that expired while a dead checkout had them", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: 60_000 });
    const dead = dying();
    await outcome(dead, checkOutBy(dead.deps, cartId));

    await recover([productId]);

    expect(await sqlInD1("SELECT variant_id FROM cart_items WHERE cart_id = ?", cartId)).toEqual([]);
    expect(await sqlInD1("SELECT reason FROM cart_losses WHERE cart_id = ?", cartId)).toEqual([
      { reason: "reservation_expired" },
    ]);
  });

  it("does not clear a reservation in D1 that is newer than its own end", async ({ expect }) => {
    const productId = await stocked(5);
    const cartId = await insertCart([{ productId, quantity: 2 }], { forMs: CART_MS });
    await takeFromObject(cartId, productId);
    await sqlInD1("UPDATE products SET price_minor = 20000 WHERE product_id = ?", productId);
    const slow = waitingAt(atD1("end checkout"));
    const first = checkOutBy(slow.worker.deps, cartId);
    await slow.waits;
    const other = faultyWorker();
    await checkOutBy(other.deps, cartId);
    await other.idle();
    const untilMs = Date.now() + CART_MS;
    await sqlInD1("UPDATE cart_items SET reserved_until_ms = ? WHERE cart_id = ?", untilMs, cartId);

    slow.goOn();
    await first;

    const [line] = await sqlInD1("SELECT reserved_until_ms AS atMs FROM cart_items WHERE cart_id = ?", cartId);
    expect(line).toEqual({ atMs: untilMs });
  });
});
