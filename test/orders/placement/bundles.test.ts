import { beforeAll, describe, it, vi } from "vitest";
import { bodyOf, footprint, inStock, lineOf, placed, send, unitsOf } from "../../support/orders/http.ts";
import { archive, bundle, product } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

describe("an order of a bundle", () => {
  it("is one line at the bundle's price, whose allocations name the components", async ({ expect }) => {
    const [frame, slat] = [await inStock(2), await inStock(20)];
    const { productId: bed } = await bundle([{ productId: frame }, { productId: slat, quantity: 8 }]);

    const order = await placed(bodyOf([lineOf(bed, 2)]));

    expect(order).toMatchObject({ subtotal: 300, warehouse_id: "BLR" });
    expect(order.items).toEqual([
      {
        line_no: 1,
        product_id: bed,
        variant_id: bed,
        sku: `SKU-${bed}`,
        name: "Basmati Rice 1kg",
        quantity: 2,
        unit_price: 150,
        discount: 0,
        applied_rules: [],
        line_total: 300,
        tax: 0,
        tax_rate_bps: 0,
        cancelled: 0,
        allocations: [
          { warehouse_id: "BLR", quantity: 2, shipped: 0, cancelled: 0, short: 0, product_id: frame, variant_id: frame },
          { warehouse_id: "BLR", quantity: 16, shipped: 0, cancelled: 0, short: 0, product_id: slat, variant_id: slat },
        ],
      },
    ]);
    await vi.waitFor(async () =>
      expect([await unitsOf(frame), await unitsOf(slat)]).toEqual([{ BLR: [2, 0, 2] }, { BLR: [20, 0, 16] }]),
    );
  });

  it("distributes a component's units between the bundle and a line of the component itself", async ({ expect }) => {
    const slat = await inStock({ BLR: 5, MUM: 4 });
    const { productId: bed } = await bundle([{ productId: slat, quantity: 3 }]);

    const order = await placed(bodyOf([lineOf(bed, 2), lineOf(slat, 3)]));

    const taken = order.items.map(({ allocations }) => allocations.reduce((sum, { quantity }) => sum + quantity, 0));
    expect(taken).toEqual([6, 3]);
    expect(order.warehouse_id).toBeNull();
  });

  it("names the component that is short, and reserves nothing of the others", async ({ expect }) => {
    const [frame, mattress] = [await inStock(3, { name: "Frame" }), await inStock(1, { name: "Mattress" })];
    const { productId: bed } = await bundle([{ productId: frame }, { productId: mattress, quantity: 2 }]);
    const before = await footprint(frame, mattress);

    const { status, body } = await send(bodyOf([lineOf(bed, 3)]));

    expect(status).toBe(409);
    expect(body.stock_errors).toEqual([
      {
        product_id: mattress,
        variant_id: mattress,
        product_name: "Mattress",
        requested_quantity: 6,
        available_stock: 1,
        message: "Insufficient stock for Mattress. Requested: 6, Available: 1",
      },
    ]);
    expect(await footprint(frame, mattress)).toEqual(before);
  });

  it("reports a component that two lines need together as one shortage", async ({ expect }) => {
    const slat = await inStock(5, { name: "Slat" });
    const { productId: bed } = await bundle([{ productId: slat, quantity: 3 }]);

    const { body } = await send(bodyOf([bed, lineOf(slat, 3)]));

    expect(body.stock_errors?.map(({ message }) => message)).toEqual(["Insufficient stock for Slat. Requested: 6, Available: 5"]);
  });

  it("is not sold while a component is archived", async ({ expect }) => {
    const slat = await inStock(5);
    const { productId: bed } = await bundle([{ productId: slat }]);
    await archive(slat);

    const { status, body } = await send(bodyOf([bed]));

    expect([status, body.stock_errors?.map(({ message }) => message)]).toEqual([409, [`Product ${bed} not found in inventory`]]);
  });

  it("may have 100 distinct products and not 101", async ({ expect }) => {
    const parts = await Promise.all(Array.from({ length: 100 }, async () => (await product()).productId));
    const beds: string[] = [];
    for (let from = 0; from < 100; from += 20) {
      beds.push((await bundle(parts.slice(from, from + 20).map((productId) => ({ productId })))).productId);
    }
    const one = await inStock(1);
    const before = await footprint(one);

    const [most, more] = [await send(bodyOf(beds)), await send(bodyOf([...beds, one]))];

    expect([most.status, most.body.stock_errors?.length]).toEqual([409, 100]);
    expect([more.status, more.body.code, more.body.errors?.[0]?.field]).toEqual([422, "order_too_large", "items"]);
    expect(await footprint(one)).toEqual(before);
  });
});
