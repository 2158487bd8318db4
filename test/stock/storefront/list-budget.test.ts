import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";

const PRODUCTS = 20_000;
const LIMIT = 20;
/** The budget in docs/architecture.md. */
const BUDGET = 3 * LIMIT + 10;

interface Page {
  products: { product_id: string }[];
  next_cursor: string | null;
}

/** Every product has all terms but the last; one product in 5,000 is rare; one in 2 is in category `Even`. */
beforeAll(async () => {
  const numbers = JSON.stringify(Array.from({ length: PRODUCTS }, (_, index) => index));
  await env.DB.prepare(
    `INSERT INTO products (product_id, name, category, brand, status, is_bundle, price_minor, created_at_ms, updated_at_ms)
     SELECT 'bulk-' || value, 'Common Rice' || iif(value % 5000 = 4999, ' Saffron', ''), iif(value % 2 = 0, 'Even', 'Odd'),
       'Brand ' || (value % 100), 'active', 0, 15000, 0, 0
     FROM json_each(?)`,
  )
    .bind(numbers)
    .run();
}, 60_000);

function rowsRead(response: Response): number {
  return Number(/(\d+) rows read/.exec(response.headers.get("Server-Timing") ?? "")?.[1]);
}

async function ask(query: string): Promise<{ read: number; page: Page }> {
  const response = await get(`/api/v1/products?limit=${LIMIT}&${query}`);
  return { read: rowsRead(response), page: await response.json() };
}

/** The cursor after a row, as the list encodes it. */
function after(row: number): string {
  return btoa(String(row)).replaceAll("=", "");
}

describe(`of ${PRODUCTS} products, a page of ${LIMIT}`, () => {
  it.for([
    ["without a filter", "", LIMIT],
    ["by a common word", "q=common", LIMIT],
    ["by the beginning of a common word", "q=c", LIMIT],
    ["by a rare word", "q=saffron", 4],
    ["by a common and a rare word", "q=common+saffron", 4],
    ["by words that nothing has", "q=nothing+at+all", 0],
    ["by category", "category=Even", LIMIT],
    ["by brand", "brand=Brand+7", LIMIT],
    ["by category, brand and word", "category=Even&brand=Brand+8&q=rice", LIMIT],
    ["by category, brand and word that never meet", "category=Odd&brand=Brand+8&q=rice", 0],
    ["of archived products, where there are none", "status=archived", 0],
    ["in stock, where nothing is", "in_stock=true", 0],
    ["out of stock", "in_stock=false", LIMIT],
    ["in the middle", `cursor=${after(PRODUCTS / 2)}`, LIMIT],
    ["in the middle, by a common word", `q=common&cursor=${after(PRODUCTS / 2)}`, LIMIT],
    ["that is the last", `cursor=${after(PRODUCTS - 5)}`, 5],
    ["that is the last, by category and a common word", `category=Even&q=common&cursor=${after(PRODUCTS - 10)}`, 5],
    ["after the last", `cursor=${after(PRODUCTS)}`, 0],
  ] as const)("%s reads at most 3 rows an item and 10", async ([, query, items], { expect }) => {
    const { read, page } = await ask(query);
    expect(page.products).toHaveLength(items);
    expect(read).toBeLessThanOrEqual(BUDGET);
  });
});
