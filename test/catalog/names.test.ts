import { describe, it } from "vitest";
import { createdProduct, ownId, productBody } from "../support/shop/catalog.ts";
import { get, patch, post } from "../support/http/requests.ts";
import { importRows } from "../support/shop/bulk.ts";

const URL = "/api/v1/products";
const ADMIN = { admin: true };

interface Shown {
  product_id: string;
  slug: string;
  name: string;
  variants: { variant_id: string; sku: string; name: string | null }[];
}

async function created(body: Record<string, unknown>, key?: string) {
  const response = await post(URL, body, { admin: true, ...(key && { key }) });
  return { status: response.status, location: response.headers.get("Location"), shown: await response.json<Shown>() };
}

async function shown(path: string): Promise<Shown> {
  return (await get(`${URL}/${path}`)).json();
}

describe("a product without an id", () => {
  it("gets one made of its SKU, which Location says; its only variant has the same", async ({ expect }) => {
    const { status, location, shown: made } = await created({ name: "Rice", price: 1, sku: "RICE / 5 kg" });

    expect([status, location]).toEqual([201, `${URL}/RICE-5-kg`]);
    expect(made).toMatchObject({ product_id: "RICE-5-kg", variants: [{ variant_id: "RICE-5-kg", sku: "RICE / 5 kg" }] });
  });

  it("gets another where that is a product's or a variant's already", async ({ expect }) => {
    await createdProduct({ product_id: "OIL-1" });
    await createdProduct({ product_id: ownId("p"), sku: undefined, variants: [{ variant_id: "OIL-1-2", sku: "own" }] });

    const { shown: made } = await created({ name: "Oil", price: 1, sku: "OIL 1" });

    expect(made).toMatchObject({ product_id: "OIL-1-3", variants: [{ variant_id: "OIL-1-3" }] });
  });

  it("with variants without ids gets them of their SKUs, and its own of the first", async ({ expect }) => {
    const variants = [
      { sku: "SHIRT S", options: { Size: "S" } },
      { sku: "SHIRT M", options: { Size: "M" } },
    ];

    const { shown: made } = await created({ name: "Shirt", price: 1, variants });

    expect(made).toMatchObject({ product_id: "SHIRT-S", options: [{ name: "Size", values: ["S", "M"] }] });
    expect(made.variants.map((each) => each.variant_id)).toEqual(["SHIRT-S", "SHIRT-M"]);
  });

  it("is made once by two at once with one key, and twice with different SKUs", async ({ expect }) => {
    const body = { name: "Twin", price: 1, sku: "TWIN" };
    const same = await Promise.all([created(body, "twin-key-1"), created(body, "twin-key-1")]);
    const others = await Promise.all(
      ["A", "B", "C", "D", "E", "F"].map((each) => created({ name: "Crowd", price: 1, sku: `CR.${each}` })),
    );

    expect(same.map(({ status, shown: made }) => [status, made.product_id])).toEqual([
      [201, "TWIN"],
      [201, "TWIN"],
    ]);
    expect(others.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(new Set(others.map(({ shown: made }) => made.slug)).size).toBe(6);
  });

  it("says which SKU is taken", async ({ expect }) => {
    await createdProduct({ sku: "TAKEN" });

    const { status, shown: problem } = await created({ name: "Rice", price: 1, sku: "TAKEN" });

    expect([status, problem]).toMatchObject([409, { code: "already_exists", errors: [{ field: "sku" }] }]);
  });
});

describe("a variant in a change", () => {
  it("is named by its SKU, or added with an id made of it", async ({ expect }) => {
    const productId = await createdProduct({ sku: "CUP-1" });

    const response = await patch(`${URL}/${productId}`, { variants: [{ sku: "CUP-1", name: "Small" }, { sku: "CUP 2" }] }, ADMIN);

    const { variants } = await response.json<Shown>();
    expect(variants.map((each) => [each.variant_id, each.sku, each.name])).toEqual([
      [productId, "CUP-1", "Small"],
      ["CUP-2", "CUP 2", null],
    ]);
  });

  it("without id and SKU is refused", async ({ expect }) => {
    const response = await patch(`${URL}/${await createdProduct()}`, { variants: [{ name: "x" }] }, ADMIN);

    expect([response.status, await response.json()]).toMatchObject([422, { errors: [{ field: "variants[0].variant_id" }] }]);
  });
});

describe("a product's slug", () => {
  it("is made of its name, unique, and finds it", async ({ expect }) => {
    const [first, second] = [await createdProduct({ name: "Crème fraîche" }), await createdProduct({ name: "Creme Fraiche" })];

    const slugs = [(await shown(first)).slug, (await shown(second)).slug];

    expect(slugs).toEqual(["creme-fraiche", "creme-fraiche-2"]);
    expect((await shown("by-slug/creme-fraiche-2")).product_id).toBe(second);
    expect((await shown("by-slug/Creme-Fraiche")).product_id).toBe(first);
  });

  it("stays when the name changes, and changes where a request says so", async ({ expect }) => {
    const productId = await createdProduct({ name: "Old name" });

    await patch(`${URL}/${productId}`, { name: "New name" }, ADMIN);
    expect((await shown(productId)).slug).toBe("old-name");

    await patch(`${URL}/${productId}`, { slug: "Neuer-Name" }, ADMIN);
    expect((await shown("by-slug/neuer-name")).product_id).toBe(productId);
    expect((await get(`${URL}/by-slug/old-name`)).status).toBe(404);
  });

  it("of another product is 409 naming it, and one with blanks 422", async ({ expect }) => {
    await createdProduct({ slug: "the-only-one" });
    const productId = await createdProduct();

    const made = await post(URL, productBody({ slug: "the-only-one" }), ADMIN);
    const changed = await patch(`${URL}/${productId}`, { slug: "The-Only-One" }, ADMIN);
    const blank = await patch(`${URL}/${productId}`, { slug: "a b" }, ADMIN);

    expect([made.status, await made.json()]).toMatchObject([409, { errors: [{ field: "slug" }] }]);
    expect([changed.status, await changed.json()]).toMatchObject([409, { errors: [{ field: "slug" }] }]);
    expect([blank.status, await blank.json()]).toMatchObject([422, { errors: [{ field: "slug" }] }]);
  });

  it("is given by an import too: each row its own, also where names repeat", async ({ expect }) => {
    const ids = ["i-1", "i-2", "i-3"];
    await importRows(ids.map((id) => ({ product_id: id, name: "Imported tea", price: 1 })));
    const { rows } = await importRows([
      { product_id: "i-4", name: "x", price: 1, slug: "imported-tea" },
      { product_id: "i-5", name: "x", price: 1, slug: "own-tea" },
      { product_id: "i-6", name: "x", price: 1, slug: "own-tea" },
    ]);

    expect(await Promise.all(ids.map(async (id) => (await shown(id)).slug))).toEqual([
      "imported-tea",
      "imported-tea-i-2",
      "imported-tea-i-3",
    ]);
    expect(rows.map(({ outcome, errors }) => [outcome, errors[0]?.field])).toEqual([
      ["refused", "slug"],
      ["created", undefined],
      ["refused", "slug"],
    ]);
  });
});
