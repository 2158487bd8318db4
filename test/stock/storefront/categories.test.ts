import { beforeAll, describe, it } from "vitest";
import { createdProduct } from "../../support/shop/catalog.ts";
import { get, patch } from "../../support/http/requests.ts";
import { archive, demoWarehouses, flush, product, receive } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

interface Page {
  categories: { category_id: string; name: string; products: number; in_stock: number }[];
  next_cursor: string | null;
}

async function list(query = ""): Promise<Page> {
  const response = await get(`/api/v1/categories${query}`);
  if (response.status !== 200) throw new Error(await response.text());
  return response.json();
}

describe("GET /api/v1/categories", () => {
  it("counts the products of each that are on sale and in stock, and leaves out empty ones", async ({ expect }) => {
    const { productId } = await product({ category: "Rice & Grains" });
    await receive(productId, 2);
    await flush(productId);
    await product({ category: "Rice & Grains" });
    const { productId: gone } = await product({ category: "Former" });
    await archive(gone);
    await flush(gone);

    const { categories } = await list();

    expect(categories).toContainEqual({ category_id: "rice-and-grains", name: "Rice & Grains", products: 2, in_stock: 1 });
    expect(categories.map(({ name }) => name)).not.toContain("Former");
  });

  it("gives categories ids of their own that find their products, also where names differ little", async ({ expect }) => {
    const [first, second] = [await createdProduct({ category: "Tea, green" }), await createdProduct({ category: "Tea Green" })];

    const { categories } = await list("?limit=100");
    const ids = ["Tea, green", "Tea Green"].map((name) => categories.find((each) => each.name === name)?.category_id ?? "");
    const found = await Promise.all(
      ids.map(async (id) => (await get(`/api/v1/products?category_id=${id}`)).json<{ products: { product_id: string }[] }>()),
    );

    expect(ids[0]).toBe("tea-green");
    expect(ids[1]).toMatch(/^tea-green-[0-9a-f]{8}$/);
    expect(found.map(({ products }) => products.map((each) => each.product_id))).toEqual([[first], [second]]);
    expect(await (await get("/api/v1/products?category_id=nowhere")).json()).toMatchObject({ products: [], next_cursor: null });
  });

  it("pages by name", async ({ expect }) => {
    await createdProduct({ category: "चाय" });
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await list(`?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`);
      names.push(...page.categories.map(({ name }) => name));
      cursor = page.next_cursor;
    } while (cursor !== null);

    expect(names).toEqual((await list("?limit=100")).categories.map(({ name }) => name));
    expect(names).toContain("चाय");
  });

  it("has a category of a product that was changed into it", async ({ expect }) => {
    const productId = await createdProduct({ category: "Before" });
    await patch(`/api/v1/products/${productId}`, { category: "After" }, { admin: true });
    await flush(productId);

    const names = (await list("?limit=100")).categories.map((each) => [each.category_id, each.name]);

    expect(names).toContainEqual(["after", "After"]);
    expect(names).not.toContainEqual(["before", "Before"]);
  });

  it("refuses a cursor of another list", async ({ expect }) => {
    expect((await get("/api/v1/categories?cursor=bm90")).status).toBe(422);
  });
});
