import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { findSortedMatches, findSortedWindow } from "../../../src/stock/storefront/list-queries.ts";
import { SORTS } from "../../../src/catalog/rules/listing.ts";
import { planOf, scansIn } from "../../support/cost/plan.ts";
import { costOf } from "../../support/cost/cost.ts";
import { get } from "../../support/http/requests.ts";
import { demoWarehouses, flush, product, receive } from "../../support/shop/shop.ts";

interface Page {
  products: { product_id: string; name: string; price: number; in_stock: boolean }[];
  next_cursor: string | null;
}

const CATEGORY = "Sorted";
const SOLD = [0, 5, 5, 0, 9, 0, 5];
const NAMES = ["delta", "Äpfel", "apple", "Zebra", "echo", "米", "apple"];
const PRICES = [30, 10, 20, 20, 20, 5, 99.5];
let ids: string[];

beforeAll(async () => {
  await demoWarehouses();
  ids = [];
  for (const [index, name] of NAMES.entries()) {
    const brand = index % 2 === 0 ? "Even" : "Odd";
    const { productId } = await product({ product_id: `sorted-${index}`, name, price: PRICES[index], category: CATEGORY, brand });
    ids.push(productId);
    await env.DB.prepare("UPDATE products SET units_sold = ? WHERE product_id = ?").bind(SOLD[index], productId).run();
  }
  for (const index of [1, 4]) {
    await receive(`sorted-${index}`, 3);
    await flush(`sorted-${index}`);
  }
});

async function page(query: Record<string, string>) {
  const response = await get(`/api/v1/products?${new URLSearchParams(query).toString()}`);
  if (response.status !== 200) throw new Error(await response.text());
  return { ...(await response.clone().json<Page>()), response };
}

/** The numbers of the products of all pages, with how many pages there were. */
async function walk(query: Record<string, string>): Promise<{ found: number[]; pages: number }> {
  const found: number[] = [];
  let [cursor, pages]: [string | null, number] = [null, 0];
  do {
    const { products, next_cursor: next } = await page({ ...query, ...(cursor !== null && { cursor }) });
    found.push(...products.map(({ product_id: id }) => ids.indexOf(id)));
    [cursor, pages] = [next, pages + 1];
  } while (cursor !== null && pages < 50);
  return { found, pages };
}

const EXPECTED: Record<(typeof SORTS)[number], number[]> = {
  // Products with one key are in the order of their creation, or, downwards, against it.
  name: [1, 2, 6, 0, 4, 3, 5],
  "-name": [5, 3, 4, 0, 6, 2, 1],
  price: [5, 1, 2, 3, 4, 0, 6],
  "-price": [6, 0, 4, 3, 2, 1, 5],
  newest: [6, 5, 4, 3, 2, 1, 0],
  best_selling: [4, 6, 2, 1, 5, 3, 0],
};

describe.for(SORTS)("the list of products sorted by %s", (sort) => {
  it.for([1, 2, 3, 100])("shows each once, whatever the ties, %s to a page", async (limit, { expect }) => {
    const { found } = await walk({ sort, category: CATEGORY, limit: String(limit) });

    expect(found).toEqual(EXPECTED[sort]);
  });

  it("has the same order with a brand, with words, and without a category", async ({ expect }) => {
    const odd = EXPECTED[sort].filter((index) => index % 2 === 1);

    expect((await walk({ sort, brand: "Odd", limit: "2" })).found).toEqual(odd);
    expect((await walk({ sort, q: "sorted", limit: "2" })).found).toEqual(EXPECTED[sort]);
    expect((await walk({ sort, limit: "3" })).found.filter((index) => index >= 0)).toEqual(EXPECTED[sort]);
  });

  it("takes prices and stock as filters", async ({ expect }) => {
    const priced = EXPECTED[sort].filter((index) => (PRICES[index] ?? 0) >= 10 && (PRICES[index] ?? 0) <= 20);
    const stocked = EXPECTED[sort].filter((index) => index === 1 || index === 4);

    expect((await walk({ sort, category: CATEGORY, min_price: "10", max_price: "20", limit: "2" })).found).toEqual(priced);
    expect((await walk({ sort, category: CATEGORY, in_stock: "true", limit: "1" })).found).toEqual(stocked);
  });
});

describe("a sorted list", () => {
  it("reads three rows for each product, wherever the page is", async ({ expect }) => {
    for (const sort of SORTS) {
      const first = await page({ sort, category: CATEGORY, limit: "2" });
      const second = await page({ sort, category: CATEGORY, limit: "2", cursor: first.next_cursor ?? "" });

      // A page has one product more than its limit; the second begins with the rest of a run of equal keys.
      for (const { response } of [first, second]) expect([sort, costOf(response).rowsRead <= 4 * 3 + 1]).toEqual([sort, true]);
    }
  });

  it("goes along an index, and sorts only what a search found", async ({ expect }) => {
    for (const sort of ["name", "-name", "price", "-price", "best_selling"] as const) {
      for (const category of [undefined, CATEGORY]) {
        const after = { key: sort.endsWith("name") ? "x" : 5, rowNo: 3 };
        const plans = [undefined, after].map((key) =>
          planOf(findSortedWindow({ sort, status: "active", category, price: { minMinor: 1 }, after: key, size: 5 })),
        );
        for (const plan of await Promise.all(plans)) {
          const searched = plan.filter((step) => step.startsWith("SEARCH p USING") && step.includes("products_"));
          expect(searched.length, `${sort}: ${plan.join("; ")}`).toBeGreaterThanOrEqual(1);
          expect(
            scansIn(plan).filter(
              (step) => !/^SCAN (f|\(subquery|2|3|4|5)/.test(step) && !step.includes("TEMP B-TREE FOR ORDER BY"),
            ),
          ).toEqual([]);
        }
      }
    }
    const matches = findSortedMatches('words : "rice"*', { sort: "price", after: undefined, size: 5 }, 10);
    expect((await planOf(matches)).some((step) => step.includes("VIRTUAL TABLE"))).toBe(true);
  });

  it("refuses the cursor of another order, and prices that contradict each other", async ({ expect }) => {
    const { next_cursor: cursor } = await page({ sort: "price", category: CATEGORY, limit: "1" });

    const other = await get(`/api/v1/products?sort=name&cursor=${cursor ?? ""}`);
    const prices = await get("/api/v1/products?min_price=2&max_price=1");
    const unknown = await get("/api/v1/products?sort=popular");

    expect([other.status, await other.json()]).toMatchObject([422, { errors: [{ field: "cursor" }] }]);
    expect([prices.status, await prices.json()]).toMatchObject([422, { errors: [{ field: "max_price" }] }]);
    expect([unknown.status, await unknown.json()]).toMatchObject([422, { errors: [{ field: "sort" }] }]);
  });

  it("keeps its place where the last product of a page gets another price meanwhile", async ({ expect }) => {
    const first = await page({ sort: "price", category: CATEGORY, limit: "3" });
    await env.DB.prepare("UPDATE products SET price_minor = 1 WHERE product_id = 'sorted-2'").run();

    const second = await page({ sort: "price", category: CATEGORY, limit: "10", cursor: first.next_cursor ?? "" });
    await env.DB.prepare("UPDATE products SET price_minor = 2000 WHERE product_id = 'sorted-2'").run();

    expect(second.products.map(({ product_id: id }) => ids.indexOf(id))).toEqual([3, 4, 0, 6]);
  });
});
