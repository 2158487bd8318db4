import { beforeAll, describe, it, vi } from "vitest";
import { get } from "../../support/http/requests.ts";
import { placed, unitsOf } from "../../support/orders/http.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { flushedProduct as stocked } from "../../support/stock/inventory.ts";
import { demoWarehouses, flush, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

async function list(category: string): Promise<{ products: unknown[] }> {
  const response = await get(`/api/v1/inventory/products?category=${category}`, { admin: true });
  return response.json();
}

describe("the inventory of a product of which units are sold", () => {
  it("shows sold units on hand until they leave, allocated and not available", async ({ expect }) => {
    const category = newId("category");
    const productId = await stocked(9, { category, min_stock_level: 5 });
    const card = { customer_name: "Asha", payment_method: "card", item: productId, quantity: 1 };
    await placed(card);
    const { order_id: orderId } = await placed({ ...card, payment_method: "cod", quantity: 3 });
    await vi.waitFor(async () => expect(await unitsOf(productId)).toEqual({ BLR: [9, 1, 3] }));
    await flush(productId);
    const sold = await list(category);

    for (const status of ["PROCESSING", "COMPLETED"]) await move(orderId, status);
    await vi.waitFor(async () => expect(await unitsOf(productId)).toEqual({ BLR: [6, 1] }));
    await flush(productId);
    const left = await list(category);

    const level = { warehouse_id: "BLR", reserved: 1, available: 5 };
    const shown = { current_stock: 5, reserved: 1, stock_status: "low_stock" };
    expect(sold.products).toMatchObject([
      { ...shown, on_hand: 9, allocated: 3, by_warehouse: [{ ...level, on_hand: 9, allocated: 3 }] },
    ]);
    expect(left.products).toMatchObject([
      { ...shown, on_hand: 6, allocated: 0, by_warehouse: [{ ...level, on_hand: 6, allocated: 0 }] },
    ]);
  });

  it("shows 0 allocated where a release before 0.4.0 wrote the levels", async ({ expect }) => {
    const category = newId("category");
    const productId = await stocked(4, { category });
    const former = '[{"warehouseId":"BLR","onHand":4,"reserved":1}]';
    await sqlInD1("UPDATE product_stock SET levels = ?, reserved = 1, available = 3 WHERE product_id = ?", former, productId);

    const { products } = await list(category);

    const by_warehouse = [{ warehouse_id: "BLR", on_hand: 4, reserved: 1, allocated: 0, available: 3 }];
    expect(products).toMatchObject([{ on_hand: 4, reserved: 1, allocated: 0, by_warehouse }]);
  });
});
