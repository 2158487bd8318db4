import { beforeAll, describe, it } from "vitest";
import { bodyOf, footprint, inStock, lineOf, placed, send } from "../../support/orders/http.ts";
import { archive, newId, product } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

describe("an order that the stock does not cover", () => {
  it("is refused with the stock error, word for word, and changes nothing", async ({ expect }) => {
    const rice = await inStock({ BLR: 30, MUM: 20 });
    const before = await footprint(rice);

    const { status, headers, body } = await send(bodyOf([lineOf(rice, 100)]));

    const message = "Insufficient stock for Basmati Rice 1kg. Requested: 100, Available: 50";
    expect(status).toBe(409);
    expect(headers.get("Content-Type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: "/docs/errors#insufficient_stock",
      title: "Stock validation failed",
      status: 409,
      code: "insufficient_stock",
      detail: message,
      request_id: headers.get("X-Request-Id"),
      success: false,
      message: "Stock validation failed",
      order_id: expect.stringMatching(/^ORD[0-9A-Z]{26}$/),
      stock_errors: [
        {
          product_id: rice,
          variant_id: rice,
          product_name: "Basmati Rice 1kg",
          requested_quantity: 100,
          available_stock: 50,
          message,
        },
      ],
    });
    expect(await footprint(rice)).toEqual(before);
  });

  it("is refused for prod-006, which is out of stock, in the agreed words", async ({ expect }) => {
    await product({ product_id: "prod-006", name: "Tomatoes 1kg", price: 45 });

    const { status, body } = await send({ item: "prod-006", quantity: 2, customer_name: "john doe" });

    expect([status, body.detail]).toEqual([409, "Insufficient stock for Tomatoes 1kg. Requested: 2, Available: 0"]);
  });

  it("is refused for an unknown product in the agreed words", async ({ expect }) => {
    const { status, body } = await send(bodyOf([lineOf("prod-999", 3)]));

    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "insufficient_stock", detail: "Product prod-999 not found in inventory" });
    expect(body.stock_errors).toEqual([
      {
        product_id: "prod-999",
        variant_id: null,
        product_name: null,
        requested_quantity: 3,
        available_stock: 0,
        message: "Product prod-999 not found in inventory",
      },
    ]);
  });

  it("is refused for an archived product, an unknown variant and an unknown SKU in the same way", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5)];
    await archive(rice);
    const before = await footprint(rice, dal);

    const archived = await send(bodyOf([rice]));
    const variant = await send(bodyOf([lineOf(dal, 1, "no-such-variant")]));
    const foreign = await send(bodyOf([lineOf(dal, 1, rice)]));
    const sku = await send({ item: "NO-SUCH-SKU", quantity: 1, customer_name: "Asha" });

    const answers = [archived, variant, foreign, sku].map(({ status, body }) => [
      status,
      body.stock_errors?.map(({ message }) => message),
    ]);
    expect(answers).toEqual([
      [409, [`Product ${rice} not found in inventory`]],
      [409, [`Product ${dal} (no-such-variant) not found in inventory`]],
      [409, [`Product ${dal} (${rice}) not found in inventory`]],
      [409, ["Product NO-SUCH-SKU not found in inventory"]],
    ]);
    expect(await footprint(rice, dal)).toEqual(before);
  });

  it("is refused with every short line, and with no other", async ({ expect }) => {
    const [rice, dal, oil] = [
      await inStock(1, { name: "Rice" }),
      await inStock(9, { name: "Dal" }),
      await inStock(2, { name: "Oil" }),
    ];
    const before = await footprint(rice, dal, oil);

    const { status, body } = await send(bodyOf([lineOf(rice, 2), lineOf(dal, 2), lineOf(oil, 3)]));

    expect(status).toBe(409);
    expect(body.stock_errors?.map(({ message }) => message).toSorted()).toEqual([
      "Insufficient stock for Oil. Requested: 3, Available: 2",
      "Insufficient stock for Rice. Requested: 2, Available: 1",
    ]);
    expect(await footprint(rice, dal, oil)).toEqual(before);
  });

  it("is refused with unknown and short lines together", async ({ expect }) => {
    const [rice, dal] = [await inStock(1, { name: "Rice" }), await inStock(9)];
    const before = await footprint(rice, dal);

    const { status, body } = await send(
      bodyOf([lineOf("nothing-a", 1), lineOf(rice, 2), lineOf(dal, 2), lineOf("nothing-b", 4)]),
    );

    expect(status).toBe(409);
    expect(body.stock_errors?.map(({ message }) => message)).toEqual([
      "Product nothing-a not found in inventory",
      "Product nothing-b not found in inventory",
      "Insufficient stock for Rice. Requested: 2, Available: 1",
    ]);
    expect(await footprint(rice, dal)).toEqual(before);
  });

  it("is refused for the sum of its lines, where each alone would fit", async ({ expect }) => {
    const rice = await inStock(5);

    const { body } = await send(bodyOf([lineOf(rice, 3), lineOf(rice, 3)]));

    expect(body.stock_errors).toMatchObject([{ requested_quantity: 6, available_stock: 5 }]);
  });

  it("counts units that wait for payment as reserved", async ({ expect }) => {
    const rice = await inStock(5);
    await placed(bodyOf([lineOf(rice, 4)], { payment_method: "card" }));

    const { body } = await send(bodyOf([lineOf(rice, 2)]));

    expect(body.stock_errors).toMatchObject([{ requested_quantity: 2, available_stock: 1 }]);
  });

  it("must name a variant where there are several, and the error says on which line", async ({ expect }) => {
    const id = newId("shirt");
    const variants = ["S", "M"].map((size) => ({ variant_id: `${id}-${size}`, sku: `SKU-${id}-${size}` }));
    await product({ product_id: id, variants });
    const rice = await inStock(1);
    const before = await footprint(rice);

    const { status, body } = await send(bodyOf([rice, id]));

    expect([status, body.code, body.errors?.map(({ field }) => field)]).toEqual([
      422,
      "validation_failed",
      ["items[1].variant_id"],
    ]);
    expect(await footprint(rice)).toEqual(before);
  });
});
