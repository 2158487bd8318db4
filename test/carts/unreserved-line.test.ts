import { beforeAll, describe, it } from "vitest";
import { cartOf, editBy, itemRows } from "../support/carts/carts.ts";
import { faultyWorker, outcome } from "../support/faults.ts";
import { unbackedItems } from "../support/invariants.ts";
import { stocked } from "../support/orders/orders.ts";
import { bundle, demoWarehouses } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

describe("a line that could not be reserved", () => {
  it("never takes over the units that other lines hold of its product, however often it is refused", async ({ expect }) => {
    const dal = await stocked(2);
    const { productId: feast } = await bundle([{ productId: dal, quantity: 2 }]);
    const cartId = await cartOf({ [feast]: 1 });
    const put = { cartId, productId: dal, quantity: 1, kind: "put" } as const;
    const dying = faultyWorker((call) => (call.to === "stock" ? "dies_before" : "none"));
    await outcome(dying, editBy(dying.deps, put));

    const answers = [];
    for (let time = 1; time <= 3; time += 1) answers.push(await editBy(faultyWorker().deps, put));

    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ code: "insufficient_stock" })));
    expect(await itemRows(cartId)).toMatchObject([
      { variantId: feast, quantity: 1, untilMs: expect.any(Number) },
      { variantId: dal, quantity: 1, untilMs: null, sinceMs: null },
    ]);
    expect(await unbackedItems(dal)).toEqual([]);
  });
});
