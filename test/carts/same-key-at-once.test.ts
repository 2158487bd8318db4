import { beforeAll, describe, it } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { readCart, editBy, itemRows, newCart, unitsIn } from "../support/carts/carts.ts";
import { atD1, faultyWorker, waitingAt } from "../support/faults.ts";
import { stocked } from "../support/orders/orders.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { adjustment, sqlIn, stockOf } from "../support/stock/stock.ts";

// Found by the crash run: one attempt with a key is refused by the stock; before it undoes its edit, units are received and another
// attempt with the same key succeeds. Both attempts share the edit's number (K0).

beforeAll(demoWarehouses);

const WANTED = 3;

/** An attempt that the stock refused and that is about to undo its edit; meanwhile enough units were received. */
async function refusedBeforeReceipt() {
  const productId = await stocked(1);
  const cartId = await newCart();
  const key = newId();
  const put = (deps: Deps) => editBy(deps, { cartId, productId, quantity: WANTED, kind: "put" }, key);
  const held = async () => {
    const [row] = await sqlIn<{ units: number | null }>(
      productId,
      "SELECT sum(quantity) AS units FROM holds WHERE hold_id = ?",
      cartId,
    );
    return row?.units ?? 0;
  };
  const refused = waitingAt(atD1("undo edit"));
  const first = put(refused.worker.deps);
  await refused.waits;
  await stockOf(productId).adjust(adjustment("receive", 20, { variantId: productId }));
  return { productId, cartId, put, held, refused, first };
}

describe("two concurrent attempts of a cart edit with one key", () => {
  it("both return the acknowledged edit, if it was acknowledged before the other could undo it", async ({ expect }) => {
    const { productId, cartId, put, held, refused, first } = await refusedBeforeReceipt();

    const second = await put(faultyWorker().deps);
    refused.goOn();

    expect([second, await first]).toEqual([
      expect.objectContaining({ replayed: false }),
      expect.objectContaining({ replayed: true }),
    ]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [WANTED, true] });
    expect(await held()).toBe(WANTED);
  });

  it("both return the acknowledged edit, even after a later edit of the line", async ({ expect }) => {
    const { productId, cartId, put, held, refused, first } = await refusedBeforeReceipt();
    const second = await put(faultyWorker().deps);
    await editBy(faultyWorker().deps, { cartId, productId, quantity: 2, kind: "put" }, newId());

    refused.goOn();
    const answers = [second, await first, await put(faultyWorker().deps)];

    expect(answers).toMatchObject([{ replayed: false }, { replayed: true }, { replayed: true }]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [2, true] });
    expect(await held()).toBe(2);
  });

  it("plan the edit anew, if the other attempt undid it before it was acknowledged", async ({ expect }) => {
    const { productId, cartId, put, held, refused, first } = await refusedBeforeReceipt();
    const served = waitingAt(atD1("confirm edit"));
    const second = put(served.worker.deps);
    await served.waits;

    refused.goOn();
    const firstAnswer = await first;
    served.goOn();

    expect(firstAnswer).toEqual({ code: "insufficient_stock" });
    expect(await second).toMatchObject({ replayed: false });
    expect((await itemRows(cartId)).map(({ quantity }) => quantity)).toEqual([WANTED]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [WANTED, true] });
    expect(await held()).toBe(WANTED);
  });
});
