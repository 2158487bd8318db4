import { describe, it } from "vitest";
import { exported, importFile, importRows } from "../support/shop/bulk.ts";
import { createdProduct, ownId, productBody, variantsOf } from "../support/shop/catalog.ts";
import { get, patch, post } from "../support/http/requests.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const URL = "/api/v1/products";
const ADMIN = { admin: true };

/** A product for 10.00 with two variants, the second with an adjustment. */
async function sized(adjustment?: number): Promise<string> {
  const id = ownId("sized");
  const [small = {}, large = {}] = variantsOf(id, "S", "L");
  return createdProduct({
    product_id: id,
    price: 10,
    sku: undefined,
    variants: [small, { ...large, price_adjustment: adjustment }],
  });
}

async function shown(id: string): Promise<unknown> {
  const product = await (await get(`${URL}/${id}`)).json<{ variants: { price_adjustment: number }[] }>();
  return product.variants.map((variant) => variant.price_adjustment);
}

describe("the price adjustment of a variant", () => {
  it("defaults to zero, and may be positive or negative", async ({ expect }) => {
    expect(await shown(await sized())).toEqual([0, 0]);
    expect(await shown(await sized(2.5))).toEqual([0, 2.5]);
    expect(await shown(await sized(-10))).toEqual([0, -10]);
  });

  it("is changed with its variant, and kept when other fields change", async ({ expect }) => {
    const id = await sized(2.5);

    const renamed = await patch(`${URL}/${id}`, { variants: [{ variant_id: `${id}-L`, name: "Large" }] }, ADMIN);
    const changed = await patch(`${URL}/${id}`, { variants: [{ variant_id: `${id}-S`, price_adjustment: -0.01 }] }, ADMIN);

    expect(await renamed.json()).toMatchObject({ variants: [{ price_adjustment: 0 }, { price_adjustment: 2.5, name: "Large" }] });
    expect(await changed.json()).toMatchObject({ variants: [{ price_adjustment: -0.01 }, { price_adjustment: 2.5 }] });
    const [entry] = await sqlInD1<{ after: string }>(
      "SELECT after FROM audit_log WHERE record_id = ? ORDER BY at_ms DESC, audit_id LIMIT 1",
      id,
    );
    expect(entry?.after).toContain("price_adjustment_minor");
  });

  it("is refused if any variant's price would be negative, whichever of the two changes", async ({ expect }) => {
    const id = await sized(-8);
    const body = productBody({ price: 1, sku: undefined, variants: [{ variant_id: "x", sku: "x", price_adjustment: -1.01 }] });

    const made = await post(URL, body, ADMIN);
    const cheaper = await patch(`${URL}/${id}`, { price: 7.99 }, ADMIN);
    const adjusted = await patch(`${URL}/${id}`, { variants: [{ variant_id: `${id}-S`, price_adjustment: -10.01 }] }, ADMIN);
    const both = await patch(`${URL}/${id}`, { price: 8, variants: [{ variant_id: `${id}-S`, price_adjustment: -8 }] }, ADMIN);

    for (const response of [made, cheaper, adjusted]) {
      expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field: "variants" }] });
    }
    expect(both.status).toBe(200);
  });

  it.for([0.001, "1", null, true, 1e11, -1e11])(
    "is refused as %j in a new, a changed and an imported variant",
    async (value, { expect }) => {
      const id = await sized();
      const variants = [{ variant_id: `${id}-L`, price_adjustment: value }];
      const field = "variants[0].price_adjustment";

      const made = await post(URL, productBody({ sku: undefined, variants: [{ ...variants[0], sku: ownId("sku") }] }), ADMIN);
      const changed = await patch(`${URL}/${id}`, { variants }, ADMIN);
      const report = await importRows([{ product_id: id, variants }]);

      expect(await made.json()).toMatchObject({ status: 422, errors: [{ field }] });
      expect(await changed.json()).toMatchObject({ status: 422, errors: [{ field }] });
      expect(report).toMatchObject({
        http: 200,
        totals: { refused: 1 },
        rows: [{ errors: expect.arrayContaining([expect.objectContaining({ field })]) as unknown }],
      });
    },
  );

  it("is imported, kept if a row does not state it, and refused by row if a price would be negative", async ({ expect }) => {
    const [id, made] = [await sized(-3), ownId("made")];

    await importRows([
      { product_id: made, name: "Tea", price: 5, variants: [{ variant_id: made, sku: made, price_adjustment: 1.25 }] },
      { product_id: id, variants: [{ variant_id: `${id}-S`, price_adjustment: 4 }] },
    ]);
    const report = await importRows([{ product_id: id, price: 2.99 }]);

    expect([await shown(made), await shown(id)]).toEqual([[1.25], [4, -3]]);
    expect(report).toMatchObject({ totals: { refused: 1 }, rows: [{ errors: [{ field: "price", value: "2.99" }] }] });
  });

  it.for(["csv", "ndjson"] as const)("is exported and imported as %s", async (format, { expect }) => {
    const id = await createdProduct({ price: 9 });
    await patch(`${URL}/${id}`, { variants: [{ variant_id: id, price_adjustment: -4.5 }] }, ADMIN);
    const file = await exported(format);
    await patch(`${URL}/${id}`, { variants: [{ variant_id: id, price_adjustment: 0 }] }, ADMIN);

    await importFile(file, format === "csv" ? "text/csv" : "application/x-ndjson");

    expect(await shown(id)).toEqual([-4.5]);
  });
});
