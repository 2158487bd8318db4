import { beforeAll, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import type { Level } from "../../../src/stock/rules/levels.ts";
import { get } from "../../support/http/requests.ts";
import { placed, unitsOf } from "../../support/orders/http.ts";
import { bundle, demoWarehouses, stockedProduct } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

function ask(productId: string, quantity: number): Promise<Response> {
  return get(`/api/v1/inventory/products/${productId}/availability/${quantity}`);
}

describe("availability", () => {
  it("subtracts sold units that have not left, and shows them", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    const { productId: bundleId } = await bundle([{ productId, quantity: 2 }]);
    await placed({ customer_name: "Asha", item: productId, quantity: 3 });
    await vi.waitFor(async () => expect(await unitsOf(productId)).toEqual({ BLR: [5, 0, 3] }));

    const [response, ofBundle] = [await ask(productId, 3), await ask(bundleId, 2)];

    expect(await response.json()).toMatchObject({ available: false, current_stock: 2, on_hand: 5, reserved: 0, allocated: 3 });
    expect(await ofBundle.json()).toMatchObject({
      available: false,
      current_stock: 1,
      components: [{ on_hand: 5, allocated: 3 }],
    });
  });

  it("counts nothing as allocated where the object is of a release before 0.4.0, which does not say", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    const former = { variantId: productId, warehouseId: "BLR", onHand: 5, reserved: 1, version: 2 } as Level;
    const levels = vi.spyOn(StockCounter.prototype, "levels").mockResolvedValue([former]);

    const response = await ask(productId, 4);
    levels.mockRestore();

    expect(await response.json()).toMatchObject({ available: true, current_stock: 4, on_hand: 5, reserved: 1, allocated: 0 });
  });
});
