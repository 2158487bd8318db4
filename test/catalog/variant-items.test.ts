import { beforeAll, describe, it } from "vitest";
import { exported, importCsv, importRows } from "../support/shop/bulk.ts";
import { createdProduct, ownBarcode, ownId, productBody, variantsOf } from "../support/shop/catalog.ts";
import { get, patch, post } from "../support/http/requests.ts";
import { demoWarehouses } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);

const ADMIN = { admin: true };

interface Shown {
  http: number;
  product_id: string;
  variant_id?: string | null;
  variants: Record<string, unknown>[];
  errors?: { field: string }[];
  code?: string;
}

async function read(answer: Promise<Response>): Promise<Shown> {
  const response = await answer;
  return { http: response.status, ...(await response.json<Omit<Shown, "http">>()) };
}

const change = (productId: string, body: object) => read(patch(`/api/v1/products/${productId}`, body, ADMIN));
const byBarcode = (code: string) => read(get(`/api/v1/products/by-barcode/${code}`));

/** A shirt in S and M, whose M has a minimum, a maximum and a barcode of its own. */
async function shirt(barcode = ownBarcode()) {
  const id = ownId("shirt");
  const [small, medium] = variantsOf(id, "S", "M");
  const variants = [small, { ...medium, min_stock_level: 2, max_stock_level: 9, barcode }];
  return { id, barcode, medium: `${id}-M`, body: productBody({ product_id: id, sku: undefined, variants }) };
}

describe("a variant", () => {
  it("has its own minimum, maximum and barcode, of which guests see the barcode", async ({ expect }) => {
    const { id, barcode, body } = await shirt();

    const made = await read(post("/api/v1/products", body, ADMIN));

    expect(made.http).toBe(201);
    expect(made.variants).toMatchObject([
      { barcode: null, min_stock_level: null, max_stock_level: null },
      { barcode, min_stock_level: 2, max_stock_level: 9 },
    ]);
    const seen = await read(get(`/api/v1/products/${id}`));
    expect(seen.variants[1]).toMatchObject({ barcode });
    expect(seen.variants[1]).not.toHaveProperty("min_stock_level");
  });

  it("keeps them where a change does not name them, and loses them by null", async ({ expect }) => {
    const { id, barcode, medium, body } = await shirt();
    await post("/api/v1/products", body, ADMIN);

    const renamed = await change(id, { variants: [{ variant_id: medium, name: "Medium" }] });
    const cleared = await change(id, { variants: [{ variant_id: medium, barcode: null, min_stock_level: null }] });

    expect(renamed.variants[1]).toMatchObject({ name: "Medium", barcode, min_stock_level: 2, max_stock_level: 9 });
    expect(cleared.variants[1]).toMatchObject({ barcode: null, min_stock_level: null, max_stock_level: 9 });
    expect((await byBarcode(barcode)).http).toBe(404);
  });

  it.for([
    ["a barcode with a wrong check digit", { barcode: "4006381333930" }, "variants[1].barcode"],
    ["a minimum above the maximum", { min_stock_level: 10 }, "variants[1].max_stock_level"],
    ["a minimum below zero", { min_stock_level: -1 }, "variants[1].min_stock_level"],
  ] as const)("is refused with %s", async ([, bad, field], { expect }) => {
    const { body } = await shirt();
    const variants = (body as { variants?: object[] }).variants ?? [];

    const refused = await read(post("/api/v1/products", { ...body, variants: [variants[0], { ...variants[1], ...bad }] }, ADMIN));

    expect(refused).toMatchObject({ http: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("is found by its barcode in every length, with its product", async ({ expect }) => {
    const { id, medium, body } = await shirt("0036000291452");
    await post("/api/v1/products", body, ADMIN);

    expect(await byBarcode("036000291452")).toMatchObject({ product_id: id, variant_id: medium });
  });

  it("shares its barcode with no other variant and no other product, but may have its own product's", async ({ expect }) => {
    const { id, barcode, medium, body } = await shirt();
    await post("/api/v1/products", body, ADMIN);
    const [other, code] = [await createdProduct(), ownBarcode()];
    const taken = { http: 409, code: "already_exists", errors: [{ field: "barcode" }] };
    await change(other, { barcode: code });

    expect(await change(other, { barcode: barcode.padStart(14, "0") })).toMatchObject(taken);
    expect(await change(other, { variants: [{ variant_id: other, barcode }] })).toMatchObject(taken);
    expect(await change(id, { variants: [{ variant_id: medium, barcode: code }] })).toMatchObject(taken);
    expect(await read(post("/api/v1/products", productBody({ barcode }), ADMIN))).toMatchObject(taken);
    expect(await read(post("/api/v1/products", (await shirt(code)).body, ADMIN))).toMatchObject(taken);
    expect(await change(id, { variants: [{ variant_id: `${id}-S`, barcode }] })).toMatchObject({
      http: 422,
      errors: [{ field: "variants[0].barcode" }],
    });
    expect(await change(id, { barcode })).toMatchObject({ http: 200 });
    expect(await byBarcode(barcode)).toMatchObject({ product_id: id, variant_id: medium });
  });
});

describe("a search", () => {
  it("finds a product by the SKU, name and barcode of every variant, in the shop and for staff; not by former ones", async ({
    expect,
  }) => {
    const { id, barcode, medium, body } = await shirt();
    await post("/api/v1/products", body, ADMIN);
    await change(id, { variants: [{ variant_id: medium, sku: `OKAPI-${id}`, name: "Ultramarine" }] });
    const found = async (path: string, q: string) => {
      const response = await get(`/api/v1/${path}?${new URLSearchParams({ q }).toString()}`, ADMIN);
      const { products } = await response.json<{ products: { product_id: string }[] }>();
      return products.map((each) => each.product_id);
    };

    for (const path of ["products", "inventory/products"]) {
      for (const q of [`okapi-${id}`, "ultramar", barcode]) expect(await found(path, q), `${path} ${q}`).toEqual([id]);
      expect(await found(path, `SKU-${id}-M`)).toEqual([]);
    }
    await change(id, { variants: [{ variant_id: medium, name: "Cobalt", barcode: null }] });

    expect(await found("products", "ultramarine")).toEqual([]);
    expect(await found("products", barcode)).toEqual([]);
    expect(await found("products", "cobalt")).toEqual([id]);
  });
});

describe("an import", () => {
  it.for(["csv", "ndjson"] as const)(
    "reads the levels and barcodes of variants that an export wrote as %s",
    async (format, { expect }) => {
      const { id, barcode, medium, body } = await shirt();
      await post("/api/v1/products", body, ADMIN);
      const lone = await createdProduct();
      await change(lone, { variants: [{ variant_id: lone, min_stock_level: 3 }] });
      const text = await exported(format);
      const lines = text.replace("\uFEFF", "").split(/\r?\n/).filter(Boolean);
      const wanted = lines.filter((line, index) => (format === "csv" && index === 0) || line.includes(id) || line.includes(lone));
      const send = () => (format === "csv" ? importCsv(wanted) : importRows(wanted.map((line) => JSON.parse(line) as object)));

      expect((await send()).outcomes).toEqual(["unchanged", "unchanged"]);
      await change(id, { variants: [{ variant_id: medium, barcode: ownBarcode(), min_stock_level: 1, max_stock_level: 1 }] });
      await change(lone, { variants: [{ variant_id: lone, min_stock_level: null }] });

      expect((await send()).outcomes).toEqual(["updated", "updated"]);
      const page = await read(get(`/api/v1/products/${id}`, ADMIN));
      expect(page.variants[1]).toMatchObject({ barcode, min_stock_level: 2, max_stock_level: 9 });
      expect((await read(get(`/api/v1/products/${lone}`, ADMIN))).variants).toMatchObject([{ min_stock_level: 3 }]);
    },
  );

  it("refuses the barcode of another product or variant, of an earlier row, and one given twice in a row", async ({ expect }) => {
    const { id, barcode, medium, body } = await shirt();
    await post("/api/v1/products", body, ADMIN);
    const [own, fresh, ofProduct] = [ownBarcode(), ownBarcode(), ownBarcode()];
    await createdProduct({ barcode: ofProduct });
    const row = (code: string | undefined, ...codes: string[]) => {
      const productId = ownId("imported");
      const variants = codes.map((each, index) => ({
        variant_id: `${productId}-${index}`,
        sku: `${productId}-${index}`,
        barcode: each,
      }));
      return { product_id: productId, name: "Shirt", price: 1, barcode: code, ...(codes.length > 0 && { variants }) };
    };

    const { rows } = await importRows([
      row(barcode),
      row(undefined, barcode),
      row(undefined, ofProduct, own),
      row(fresh),
      row(undefined, fresh),
      row(undefined, ownBarcode(), own, own),
      { product_id: id, variants: [{ variant_id: `${id}-S`, barcode: barcode.padStart(14, "0") }] },
    ]);
    const { outcomes } = await importRows([{ product_id: id, barcode, variants: [{ variant_id: medium, barcode }] }]);

    expect(rows.map(({ errors, outcome }) => errors.map(({ field }) => field).join() || outcome)).toEqual([
      "barcode",
      "variants[0].barcode",
      "variants[0].barcode",
      "created",
      "variants[0].barcode",
      "variants[1].barcode,variants[2].barcode",
      "variants[0].barcode",
    ]);
    expect(outcomes).toEqual(["updated"]);
  });
});
