import { beforeAll, describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";
import { archive, demoWarehouses, flush } from "../../support/shop/shop.ts";
import { flushedProduct as stocked } from "../../support/stock/inventory.ts";

beforeAll(demoWarehouses);

describe("the list of low stock", () => {
  interface LowPage {
    low_stock_products: { product_id: string }[];
    count: number;
    next_cursor: string | null;
  }

  async function low(query: Record<string, string> = {}): Promise<LowPage> {
    const response = await get(`/api/v1/inventory/products/low-stock?${new URLSearchParams(query).toString()}`, { admin: true });
    if (response.status !== 200) throw new Error(await response.text());
    return response.json();
  }

  it("has every active product at or below its minimum, with the shortfall, and counts all", async ({ expect }) => {
    const before = (await low()).count;
    const fields = { category: "Spices", supplier_name: "Asha Traders", min_stock_level: 5 };
    const [at, none] = [await stocked(5, fields), await stocked(0, fields)];
    const others = [await stocked(6, fields), await stocked(1), await stocked(2, fields)];
    await archive(others[2] ?? "");
    await flush(others[2] ?? "");

    const { low_stock_products: found, count } = await low({ limit: "100" });

    const shown = (id: string) => found.find((each) => each.product_id === id);
    expect(shown(at)).toEqual({
      product_id: at,
      variant_id: null,
      name: "Basmati Rice 1kg",
      variant_name: null,
      sku: `SKU-${at}`,
      category: "Spices",
      supplier_name: "Asha Traders",
      current_stock: 5,
      min_stock_level: 5,
      shortfall: 0,
      stock_status: "low_stock",
    });
    expect(shown(none)).toMatchObject({ current_stock: 0, shortfall: 5, stock_status: "out_of_stock" });
    expect(others.map(shown)).toEqual([undefined, undefined, undefined]);
    expect(count).toBe(before + 2);
  });

  it("pages through each once, ordered by id, with the total count on every page", async ({ expect }) => {
    for (let made = 0; made < 3; made += 1) await stocked(0, { min_stock_level: 1 });
    const found: string[] = [];
    const counts = new Set<number>();

    for (let cursor: string | null = ""; cursor !== null && found.length < 100;) {
      const page: LowPage = await low({ limit: "2", ...(cursor !== "" && { cursor }) });
      found.push(...page.low_stock_products.map((each) => each.product_id));
      counts.add(page.count);
      cursor = page.next_cursor;
    }

    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(found).toEqual([...new Set(found)].toSorted());
    expect([...counts]).toEqual([found.length]);
  });
});
