import { beforeAll, describe, it } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { readCart, editBy, itemRows, newCart, unitsIn } from "../support/carts/carts.ts";
import { atD1, faultyWorker, waitingAt } from "../support/faults.ts";
import { stocked } from "../support/orders/orders.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { adjustment, sqlIn, stockOf } from "../support/stock/stock.ts";

// The crash run found these: one attempt with a key is refused by the stock, and before it has undone what it wrote, units come in and
// another attempt with the key is served. They share the number of their edit.

beforeAll(demoWarehouses);

const WANTED = 3;

/** An attempt that the stock has refused, and that has not undone what it wrote; since then there is enough. */
async function refusedBeforeUnitsCame() {
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
  const refused = waitingAt(atD1(3));
  const first = put(refused.worker.deps);
  await refused.waits;
  await stockOf(productId).adjust(adjustment("receive", 20, { variantId: productId }));
  return { productId, cartId, put, held, refused, first };
}

describe("two changes of a cart at once with one key", () => {
  it("are both the change that was acknowledged, if it was before the other could undo it", async ({ expect }) => {
    const { productId, cartId, put, held, refused, first } = await refusedBeforeUnitsCame();

    const second = await put(faultyWorker().deps);
    refused.goOn();

    expect([second, await first]).toEqual([
      expect.objectContaining({ replayed: false }),
      expect.objectContaining({ replayed: true }),
    ]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [WANTED, true] });
    expect(await held()).toBe(WANTED);
  });

  it("stay the change that was acknowledged, though a later one of another has overtaken it", async ({ expect }) => {
    const { productId, cartId, put, held, refused, first } = await refusedBeforeUnitsCame();
    const second = await put(faultyWorker().deps);
    await editBy(faultyWorker().deps, { cartId, productId, quantity: 2, kind: "put" }, newId());

    refused.goOn();
    const answers = [second, await first, await put(faultyWorker().deps)];

    expect(answers).toMatchObject([{ replayed: false }, { replayed: true }, { replayed: true }]);
    expect(unitsIn(await readCart(cartId))).toEqual({ [productId]: [2, true] });
    expect(await held()).toBe(2);
  });

  it("are decided anew by who was served, if the other undid it first", async ({ expect }) => {
    const { productId, cartId, put, held, refused, first } = await refusedBeforeUnitsCame();
    const served = waitingAt(atD1(2));
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
