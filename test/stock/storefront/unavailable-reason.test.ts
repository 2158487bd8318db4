import { beforeAll, describe, it } from "vitest";
import { cartOf, refusal } from "../../support/carts/carts.ts";
import { get, patch, post } from "../../support/http/requests.ts";
import { archive, bundle, demoWarehouses, flush, newId, product, stockedProduct } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

interface Shown {
  unavailable_reason: string | null;
  variants: { variant_id: string; unavailable_reason: string | null }[];
}

/** The reasons that a product's page gives: of the product, and of each variant. */
async function reasonsOf(productId: string): Promise<[string | null, (string | null)[]]> {
  const { availability } = await (await get(`/api/v1/products/${productId}`)).json<{ availability: Shown }>();
  return [availability.unavailable_reason, availability.variants.map((each) => each.unavailable_reason)];
}

async function flushed(units: number): Promise<string> {
  const { productId } = await stockedProduct(units);
  await flush(productId);
  return productId;
}

describe("the page of a product that cannot be ordered", () => {
  it("says of an archived product in a cart why its checkout is refused", async ({ expect }) => {
    const productId = await flushed(5);
    const cartId = await cartOf({ [productId]: 1 });
    const before = await reasonsOf(productId);
    await archive(productId);

    const reasons = await reasonsOf(productId);
    const refused = await refusal(post("/api/v1/checkout", { cart_id: cartId, customer_name: "Asha", postal_code: "560034" }));

    expect(before).toEqual([null, [null]]);
    expect(reasons).toEqual(["product_archived", ["product_archived"]]);
    expect(refused).toMatchObject({ status: 409, code: "insufficient_stock" });
  });

  it("says that a component of a bundle is archived, or sold out", async ({ expect }) => {
    const [frame, slat] = [await flushed(5), (await product()).productId];
    const { productId } = await bundle([{ productId: frame }, { productId: slat }]);
    const soldOut = await reasonsOf(productId);
    await archive(frame);

    expect(soldOut).toEqual(["out_of_stock", ["out_of_stock"]]);
    expect(await reasonsOf(productId)).toEqual(["component_archived", ["component_archived"]]);
  });

  it("says it of each variant, and of the product what may pass", async ({ expect }) => {
    const [red, blue] = [newId("red"), newId("blue")];
    const variants = [red, blue].map((variantId) => ({ variant_id: variantId, sku: variantId, name: variantId }));
    const { productId } = await product({ variants });

    const one = await patch(
      `/api/v1/products/${productId}`,
      { variants: [{ variant_id: red, status: "archived" }] },
      { admin: true },
    );
    const some = await reasonsOf(productId);

    expect(one.status).toBe(200);
    expect(some).toEqual(["out_of_stock", ["variant_archived", "out_of_stock"]]);
  });
});
