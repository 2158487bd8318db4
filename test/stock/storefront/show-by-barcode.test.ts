import { beforeAll, describe, it } from "vitest";
import { ownBarcode } from "../../support/shop/catalog.ts";
import { get, patch } from "../../support/http/requests.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
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
    expect(await guest.json()).toEqual({ ...page, variant_id: null, barcode_type: "global" });
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

  it("finds it by whatever a scanner sends, and says a global number from the shop's own", async ({ expect }) => {
    const { productId } = await product({ barcode: "5901234123457" });
    const { productId: own } = await product({ barcode: "2001234500005" });
    const elements = ["]C10105901234123457172512311021\u001d", "(01)05901234123457(17)251231"];
    const scans = [
      "5901234123457\r\n",
      "]E05901234123457",
      "5-901234-123457",
      ...elements,
      "https://id.gs1.org/01/05901234123457?17=251231",
    ];

    for (const scan of scans) {
      const answer = await byBarcode(encodeURIComponent(scan));
      expect(await answer.json(), scan).toMatchObject({
        product_id: productId,
        barcode: "5901234123457",
        barcode_type: "global",
      });
    }
    expect(await (await byBarcode("2001234500005")).json()).toMatchObject({ product_id: own, barcode_type: "in_store" });
    expect((await byBarcode(encodeURIComponent("(01)02001234500005"))).status).toBe(422);
  });

  it("stores what was scanned as it is printed, and finds a UPC-E and an ISBN-10 by their long forms, and back", async ({
    expect,
  }) => {
    const upc = await product({ barcode: "04252614" });
    const isbn = await product({ barcode: "3-16-148410-X" });
    const link = await product({ barcode: "https://id.gs1.org/01/09506000134352/10/ABC" });

    const found = async (code: string) => (await byBarcode(encodeURIComponent(code))).json();
    for (const code of ["04252614", "042100005264", "00042100005264"])
      expect(await found(code)).toMatchObject({ product_id: upc.productId, barcode: "042100005264" });
    for (const code of ["316148410X", "9783161484100", "978-3-16-148410-0"])
      expect(await found(code)).toMatchObject({ product_id: isbn.productId, barcode: "9783161484100" });
    expect(await found("9506000134352")).toMatchObject({ product_id: link.productId, barcode: "9506000134352" });
  });

  it("finds eight digits that a release before 0.4.0 stored as a GTIN-8, although they are a UPC-E too", async ({ expect }) => {
    const { productId } = await product();
    await sqlInD1("UPDATE products SET barcode = ?1, gtin = '000000' || ?1 WHERE product_id = ?2", "01000054", productId);

    expect(await (await byBarcode("01000054")).json()).toMatchObject({ product_id: productId });
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

  it.for(["4006381333930", "40063813339", "abc", "00000000", "]C10104006381333930"])(
    "is 422 for %s",
    async (code, { expect }) => {
      const response = await byBarcode(code);

      expect([response.status, await response.json()]).toMatchObject([
        422,
        { code: "validation_failed", errors: [{ field: "code" }] },
      ]);
    },
  );
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

  it("finds a product by its barcode in any length and spelling, and still by a SKU that looks like one", async ({ expect }) => {
    const { productId } = await product({ barcode: "0614141000012" });
    const { productId: alike } = await product({ sku: "614141000012-B" });

    for (const q of ["614141000012", "0614141000012", "00614141000012", "]C10100614141000012\u001d", "0 614141 000012"])
      expect(await found(encodeURIComponent(q)), q).toContain(productId);
    expect(await found("614141000012")).toEqual([productId, alike]);
  });
});
