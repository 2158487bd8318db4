import { beforeAll, describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";
import { archive, bundle, demoWarehouses, flush, newId, product, receive, stockedProduct } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

interface Listed {
  product_id: string;
  current_stock: number;
  in_stock: boolean;
}

interface Page {
  products: Listed[];
  next_cursor: string | null;
  as_of: string;
}

async function list(query: Record<string, string>): Promise<Page> {
  const response = await get(`/api/v1/products?${new URLSearchParams(query).toString()}`);
  if (response.status !== 200) throw new Error(await response.text());
  return response.json();
}

async function idsOf(query: Record<string, string>): Promise<string[]> {
  return (await list(query)).products.map((each) => each.product_id);
}

describe("the list of products", () => {
  it("shows each with its price, its stock and the shop's currency", async ({ expect }) => {
    const category = newId("category");
    const { productId } = await product({
      category,
      brand: "Tamarind Lane",
      unit: "1 kg",
      price: 150.5,
      mrp: 175,
      cost_price: 118,
    });

    const page = await list({ category });

    expect(page).toEqual({
      products: [
        {
          product_id: productId,
          slug: "basmati-rice-1kg",
          name: "Basmati Rice 1kg",
          category,
          brand: "Tamarind Lane",
          unit: "1 kg",
          status: "active",

          is_bundle: false,
          price: 150.5,
          mrp: 175,
          compare_at_price: null,
          image: null,
          currency: "INR",
          current_stock: 0,
          in_stock: false,
        },
      ],
      next_cursor: null,
      as_of: expect.stringMatching(/Z$/) as string,
    });
  });

  it("takes one hop", async ({ expect }) => {
    const response = await get("/api/v1/products");

    expect(response.headers.get("Server-Timing")).toContain(`hops;desc="1"`);
  });

  it("shows the available units of the projection, and when they were written", async ({ expect }) => {
    const before = new Date().toISOString();
    const { productId } = await stockedProduct(5);
    await flush(productId);
    const after = new Date().toISOString();

    const page = await list({ q: productId });

    expect(page.products).toMatchObject([{ product_id: productId, current_stock: 5, in_stock: true }]);
    expect(page.as_of >= before && page.as_of <= after).toBe(true);
  });

  it("limits bundles by their scarcest component", async ({ expect }) => {
    const [frame, slat] = [await stockedProduct(5), await stockedProduct(7)];
    const { productId } = await bundle([frame, { ...slat, quantity: 2 }]);
    for (const part of [frame, slat]) await flush(part.productId);

    const page = await list({ q: productId });

    expect(page.products).toMatchObject([{ is_bundle: true, current_stock: 3, in_stock: true }]);
  });

  it("is filtered by terms and prefixes, category and brand, all of which must match", async ({ expect }) => {
    const category = newId("category");
    const rice = await product({ name: "Basmati Rice", category, brand: "Tamarind Lane" });
    const dal = await product({ name: "Toor Dal", category, brand: "Tamarind Lane" });
    const oil = await product({ name: "Rice Bran Oil", category, brand: "Copperpot" });

    expect(await idsOf({ category })).toEqual([rice.productId, dal.productId, oil.productId]);
    expect(await idsOf({ category, q: "ric" })).toEqual([rice.productId, oil.productId]);
    expect(await idsOf({ category, q: "RICE basm" })).toEqual([rice.productId]);
    expect(await idsOf({ category, brand: "Tamarind Lane" })).toEqual([rice.productId, dal.productId]);
    expect(await idsOf({ category, brand: "Tamarind" })).toEqual([]);
    expect(await idsOf({ category, brand: "Copperpot", q: "dal" })).toEqual([]);
  });

  it("has archived products only on request", async ({ expect }) => {
    const category = newId("category");
    const active = await product({ category });
    const archived = await product({ category });
    await archive(archived.productId);

    expect(await idsOf({ category })).toEqual([active.productId]);
    expect(await idsOf({ category, status: "archived" })).toEqual([archived.productId]);
  });

  it("is filtered by stock, with short pages and every product on one of them", async ({ expect }) => {
    const category = newId("category");
    const made: string[] = [];
    for (const units of [0, 3, 0, 0, 4]) {
      const { productId } = await product({ category });
      made.push(productId);
      if (units > 0) await stock(productId, units);
    }

    const inStock = await pagesOf({ category, in_stock: "true", limit: "2" });
    const outOfStock = await pagesOf({ category, in_stock: "false", limit: "2" });

    expect(inStock).toEqual([[made[1]], [], [made[4]]]);
    expect(outOfStock).toEqual([[made[0]], [made[2], made[3]], []]);
  });

  it("pages through every product once, even if others are created meanwhile", async ({ expect }) => {
    const category = newId("category");
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await product({ category })).productId);

    const first = await list({ category, limit: "2" });
    made.push((await product({ category })).productId);
    const second = await list({ category, limit: "2", cursor: first.next_cursor ?? "" });
    const third = await list({ category, limit: "2", cursor: second.next_cursor ?? "" });

    expect([first, second, third].flatMap((page) => page.products.map((each) => each.product_id))).toEqual(made);
    expect(third.next_cursor).toBeNull();
  });

  it.for([`"`, `' OR 1=1 --`, "NEAR(a b)", "name:rice*", "<script>alert(1)</script>", "***", "AND", "न"])(
    "treats %s as search terms only",
    async (q, { expect }) => {
      const response = await get(`/api/v1/products?${new URLSearchParams({ q, category: `"' OR 1=1` }).toString()}`);

      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ products: [] });
    },
  );

  it.for([
    ["limit", "0"],
    ["limit", "101"],
    ["limit", "1.5"],
    ["limit", "1e400"],
    ["limit", "ten"],
    ["cursor", "x"],
    ["cursor", btoa('"1"')],
    ["cursor", btoa("1.5")],
    ["cursor", "x".repeat(10_000)],
    ["q", "x".repeat(101)],
    ["category", "x".repeat(101)],
    ["brand", " "],
    ["status", "gone"],
    ["in_stock", "maybe"],
  ] as const)("is refused for %s=%s, naming the parameter", async ([field, value], { expect }) => {
    const response = await get(`/api/v1/products?${new URLSearchParams({ [field]: value }).toString()}`);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field }] });
  });
});

async function stock(productId: string, units: number): Promise<void> {
  await receive(productId, units);
  await flush(productId);
}

/** The ids on all pages of a list. */
async function pagesOf(query: Record<string, string>): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = ""; cursor !== null && pages.length < 10;) {
    const page: Page = await list({ ...query, ...(cursor !== "" && { cursor }) });
    pages.push(page.products.map((each) => each.product_id));
    cursor = page.next_cursor;
  }
  return pages;
}
