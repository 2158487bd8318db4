import { beforeAll, describe, it } from "vitest";
import { ownBarcode } from "../../support/shop/catalog.ts";
import { get, patch } from "../../support/http/requests.ts";
import { demoWarehouses, flush, product, receive } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

const byBarcode = (code: string, options = {}) => get(`/api/v1/products/by-barcode/${code}`, options);

describe("GET /api/v1/products/by-barcode/{code}", () => {
  it("returns the same as the product's page", async ({ expect }) => {
    const barcode = ownBarcode();
    const { productId } = await product({ barcode, cost_price: 100 });
    await receive(productId, 5);
    await flush(productId);

    const [guest, admin] = [await byBarcode(barcode), await byBarcode(barcode, { admin: true })];

    expect([guest.status, admin.status]).toEqual([200, 200]);
    const page = await (await get(`/api/v1/products/${productId}`)).json<object>();
    expect(await guest.json()).toEqual({ ...page, variant_id: null });
    expect(await admin.json()).toMatchObject({ product_id: productId, cost_price: 100, availability: { current_stock: 5 } });
  });

  it("finds the product of a UPC in every length", async ({ expect }) => {
    const { productId } = await product({ barcode: "0036000291452" });

    const answers = await Promise.all(["036000291452", "0036000291452", "00036000291452"].map((code) => byBarcode(code)));

    for (const answer of answers) expect(await answer.json()).toMatchObject({ product_id: productId, barcode: "0036000291452" });
  });

  it("finds a GTIN-8", async ({ expect }) => {
    const { productId } = await product({ barcode: "96385074" });

    expect(await (await byBarcode("00000096385074")).json()).toMatchObject({ product_id: productId });
  });

  it("takes two hops", async ({ expect }) => {
    const barcode = ownBarcode();
    await product({ barcode });

    expect((await byBarcode(barcode)).headers.get("Server-Timing")).toContain(`hops;desc="2"`);
  });

  it("is 404 for a code of no product", async ({ expect }) => {
    const response = await byBarcode(ownBarcode());

    expect([response.status, await response.json()]).toMatchObject([404, { code: "not_found" }]);
  });

  it.for(["4006381333930", "40063813339", "abc"])("is 422 for %s", async (code, { expect }) => {
    const response = await byBarcode(code);

    expect([response.status, await response.json()]).toMatchObject([
      422,
      { code: "validation_failed", errors: [{ field: "code" }] },
    ]);
  });
});

describe("a search of the catalogue", () => {
  const found = async (q: string) => {
    const { products } = await (await get(`/api/v1/products?q=${q}`)).json<{ products: { product_id: string }[] }>();
    return products.map(({ product_id: productId }) => productId);
  };

  it("finds a product by its current SKU and barcode, and not by former ones", async ({ expect }) => {
    const [old, barcode] = [ownBarcode(), ownBarcode()];
    const { productId } = await product({ sku: "ZEBRA-77X", barcode: old });
    const before = [await found("zebra-77x"), await found("zeb"), await found(old)];

    await patch(`/api/v1/products/${productId}`, { sku: "QUAGGA-1", barcode }, { admin: true });

    expect(before).toEqual([[productId], [productId], [productId]]);
    expect([await found("quagga-1"), await found(barcode.slice(0, 12))]).toEqual([[productId], [productId]]);
    expect([await found("zebra-77x"), await found(old)]).toEqual([[], []]);
  });
});
