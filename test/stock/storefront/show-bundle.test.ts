import { beforeAll, describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";
import { archive, bundle, demoWarehouses, flush, stockedProduct } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

function show(productId: string): Promise<Response> {
  return get(`/api/v1/products/${productId}`);
}

describe("a bundle's page", () => {
  it("shows the stock of its components, and the number of bundles that it allows", async ({ expect }) => {
    const [frame, slat] = [await stockedProduct(5), await stockedProduct(7)];
    for (const part of [frame, slat]) await flush(part.productId);
    const { productId } = await bundle([frame, { ...slat, quantity: 2 }]);

    const response = await show(productId);

    expect(await response.json()).toMatchObject({
      is_bundle: true,
      components: [{ product_id: frame.productId }, { product_id: slat.productId, quantity: 2 }],
      availability: {
        current_stock: 3,
        in_stock: true,
        variants: [{ current_stock: 3 }],
        components: [
          { product_id: frame.productId, quantity: 1, current_stock: 5 },
          { product_id: slat.productId, quantity: 2, current_stock: 7 },
        ],
      },
    });
  });

  it("has no stock if a component is archived", async ({ expect }) => {
    const [frame, slat] = [await stockedProduct(5), await stockedProduct(7)];
    for (const part of [frame, slat]) await flush(part.productId);
    const { productId } = await bundle([frame, slat]);
    await archive(slat.productId);

    const response = await show(productId);

    expect(await response.json()).toMatchObject({ availability: { current_stock: 0, in_stock: false } });
  });
});
