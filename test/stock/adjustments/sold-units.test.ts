import { beforeAll, describe, it, vi } from "vitest";
import { post } from "../../support/http/requests.ts";
import { inStock, inStockReserved, placed, unitsOf } from "../../support/orders/http.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

async function ask(what: "counts" | "damage", product_id: string, more: object) {
  const response = await post(`/api/v1/inventory/${what}`, { product_id, warehouse_id: "BLR", ...more }, { admin: true });
  return { status: response.status, body: await response.json<object>() };
}

const count = (productId: string, counted: number, expected_on_hand: number) =>
  ask("counts", productId, { counted, expected_on_hand });
const damage = (productId: string, quantity: number) => ask("damage", productId, { quantity, reason: "Broken" });

describe("a count", () => {
  it("takes no sold units that have not left, and finds them on the shelf", async ({ expect }) => {
    const rice = await inStockReserved(7, 3);
    await placed({ customer_name: "Asha", item: rice, quantity: 2 });
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [7, 3, 2] }));

    const refused = await count(rice, 4, 7);
    const least = await count(rice, 5, 7);

    const figures = { free: 2, on_hand: 7, reserved: 3, allocated: 2 };
    expect([refused.status, refused.body]).toMatchObject([409, { code: "units_reserved", ...figures }]);
    expect([least.status, least.body]).toMatchObject([200, { previous_stock: 7, new_stock: 5, current_stock: 0 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 3, 2] });
  });
});

describe("damage", () => {
  it("takes none that have not left", async ({ expect }) => {
    const rice = await inStock(5);
    await placed({ customer_name: "Asha", item: rice, quantity: 4 });
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 4] }));

    const refused = await damage(rice, 2);
    const free = await damage(rice, 1);

    const figures = { free: 1, on_hand: 5, reserved: 0, allocated: 4 };
    expect([refused.status, refused.body]).toMatchObject([409, { code: "units_reserved", ...figures }]);
    expect([free.status, free.body]).toMatchObject([200, { new_stock: 4, current_stock: 0 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [4, 0, 4] });
  });
});
