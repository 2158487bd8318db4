import { beforeAll, describe, it } from "vitest";
import { readCart, cartOf, editBy, unitsIn } from "../support/carts/carts.ts";
import { checkOutBy } from "../support/carts/checkouts.ts";
import { atD1, faultyWorker, waitingAt } from "../support/faults.ts";
import { stocked } from "../support/orders/orders.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

/** A cart of rice and tea whose checkout has converted the units and waits before its record, and a key to remove the rice. */
async function beingCheckedOut() {
  const [rice, tea] = [await stocked(5), await stocked(5)];
  const cartId = await cartOf({ [rice]: 2, [tea]: 1 });
  const key = newId();
  const remove = (worker = faultyWorker()) => editBy(worker.deps, { cartId, productId: rice, kind: "remove" }, key);
  const checkout = waitingAt(atD1("record"));
  const order = checkOutBy(checkout.worker.deps, cartId);
  await checkout.waits;
  return { rice, tea, cartId, remove, checkout, order };
}

describe("two attempts with one key to remove a line while a checkout holds its units", () => {
  it("do not undo a removal that was acknowledged", async ({ expect }) => {
    const { tea, cartId, remove, checkout, order } = await beingCheckedOut();
    // It has written the removal, was refused because of the checkout, and waits before it undoes the removal.
    const first = waitingAt(atD1("undo edit"));
    const firstAnswer = remove(first.worker);
    await first.waits;

    const second = await remove();
    first.goOn();
    await firstAnswer;
    checkout.goOn();

    expect(second).toMatchObject({ replayed: true });
    expect(await order).toMatchObject({ code: "unresolved" });
    expect(unitsIn(await readCart(cartId))).toEqual({ [tea]: [1, true] });
  });

  it("plan the removal anew, if the first attempt has undone it", async ({ expect }) => {
    const { rice, tea, cartId, remove, checkout, order } = await beingCheckedOut();
    const second = waitingAt(atD1("acknowledge removal"));
    const firstUndoes = waitingAt(atD1("undo edit"));
    const firstAnswer = remove(firstUndoes.worker);
    await firstUndoes.waits;
    const secondAnswer = remove(second.worker);
    await second.waits;
    firstUndoes.goOn();
    await firstAnswer;

    second.goOn();

    expect(await secondAnswer).toMatchObject({ code: "checking_out" });
    checkout.goOn();
    await order;
    expect(unitsIn(await readCart(cartId))).toEqual({ [rice]: [2, true], [tea]: [1, true] });
  });
});
