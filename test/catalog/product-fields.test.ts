import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createdProduct, ownBarcode, ownId, productBody, variantsOf } from "../support/shop/catalog.ts";
import { get, patch, post } from "../support/http/requests.ts";

const URL = "/api/v1/products";
const ADMIN = { admin: true };

interface Stored {
  barcode: string | null;
  gtin: string | null;
  sku: string | null;
  first_sku: string | null;
}

/** A product's row, and the SKU of its first variant. */
async function stored(productId: string): Promise<Stored | null> {
  const query = `SELECT barcode, gtin, sku, (SELECT v.sku FROM variants v WHERE v.product_id = p.product_id ORDER BY position LIMIT 1) AS first_sku
    FROM products p WHERE product_id = ?`;
  return env.DB.prepare(query).bind(productId).first<Stored>();
}

describe("the barcode of a product", () => {
  it("is shown as it was entered, and also stored as GTIN-14", async ({ expect }) => {
    const productId = await createdProduct({ barcode: " 036000291452 " });

    const page = await get(`${URL}/${productId}`);

    expect(await page.json()).toMatchObject({ barcode: "036000291452" });
    expect(await stored(productId)).toMatchObject({ barcode: "036000291452", gtin: "00036000291452" });
  });

  it("is unique, in whichever length it is entered", async ({ expect }) => {
    const [barcode, other] = [ownBarcode(), await createdProduct()];
    await createdProduct({ barcode });

    const made = await post(URL, productBody({ barcode: `0${barcode}` }), ADMIN);
    const changed = await patch(`${URL}/${other}`, { barcode }, ADMIN);

    expect([made.status, await made.json()]).toMatchObject([409, { code: "already_exists", errors: [{ field: "barcode" }] }]);
    expect([changed.status, await changed.json()]).toMatchObject([
      409,
      { code: "already_exists", errors: [{ field: "barcode" }] },
    ]);
  });

  it("is changed and cleared together with its GTIN-14", async ({ expect }) => {
    const [productId, barcode] = [await createdProduct({ barcode: ownBarcode() }), ownBarcode()];

    await patch(`${URL}/${productId}`, { barcode }, ADMIN);
    expect(await stored(productId)).toMatchObject({ barcode, gtin: `0${barcode}` });

    await patch(`${URL}/${productId}`, { barcode: null }, ADMIN);
    expect(await stored(productId)).toMatchObject({ barcode: null, gtin: null });
  });

  it.for(["4006381333930", "400638133393", "RICE"])("is refused as %s", async (barcode, { expect }) => {
    const response = await post(URL, productBody({ barcode }), ADMIN);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field: "barcode" }] });
  });
});

describe("the supplier's e-mail of a product", () => {
  it("is shown only to staff", async ({ expect }) => {
    const productId = await createdProduct({ supplier_email: "orders@saltwind.example" });

    expect(await (await get(`${URL}/${productId}`)).text()).not.toContain("saltwind");
    expect(await (await get(`${URL}/${productId}`, ADMIN)).json()).toMatchObject({ supplier_email: "orders@saltwind.example" });
  });

  it("is refused if it is invalid", async ({ expect }) => {
    const response = await post(URL, productBody({ supplier_email: "orders@" }), ADMIN);

    expect(await response.json()).toMatchObject({ status: 422, errors: [{ field: "supplier_email" }] });
  });
});

describe("the SKU in a product's row", () => {
  it("is the first variant's, however its variants change", async ({ expect }) => {
    const id = ownId("shirt");
    await createdProduct({ product_id: id, sku: undefined, variants: variantsOf(id, "S", "M") });
    const plain = await createdProduct();
    const ids = [id, plain];

    const made = await Promise.all(ids.map(stored));
    await patch(`${URL}/${plain}`, { sku: `NEW-${plain}` }, ADMIN);
    await patch(`${URL}/${id}`, { variants: [{ variant_id: `${id}-L`, sku: `A-${id}` }] }, ADMIN);
    const widened = await Promise.all(ids.map(stored));
    await patch(`${URL}/${id}`, { variants: [{ variant_id: `${id}-S`, sku: `NEW-${id}` }] }, ADMIN);
    const renamed = await Promise.all(ids.map(stored));

    for (const row of [made, widened, renamed].flat()) expect(row?.sku).toBe(row?.first_sku);
    expect(widened.map((row) => row?.sku)).toEqual([`SKU-${id}-S`, `NEW-${plain}`]);
    expect(renamed[0]?.sku).toBe(`NEW-${id}`);
  });

  it("stays the first variant's if a change fails", async ({ expect }) => {
    const [productId, other] = [await createdProduct(), await createdProduct()];

    const response = await patch(`${URL}/${productId}`, { sku: `SKU-${other}` }, ADMIN);

    expect(response.status).toBe(409);
    expect(await stored(productId)).toMatchObject({ sku: `SKU-${productId}`, first_sku: `SKU-${productId}` });
  });
});
