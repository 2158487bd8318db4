import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, describe, it } from "vitest";
import { matchExpression, type ProductSearch } from "../../../src/catalog/rules/search.ts";
import { createdProduct } from "../../support/shop/catalog.ts";

function statementOf(wanted: ProductSearch): D1PreparedStatement {
  const select = `SELECT product_id FROM catalog_search s JOIN products p ON p.rowid = s.rowid
    WHERE catalog_search MATCH ? ORDER BY s.rowid`;
  return env.DB.prepare(select).bind(matchExpression(wanted));
}

async function search(wanted: Omit<ProductSearch, "status"> & { status?: "active" | "archived" }): Promise<string[]> {
  const { results } = await statementOf({ status: "active", ...wanted }).all<{ product_id: string }>();
  return results.map((found) => found.product_id);
}

/** Runs many searches in one batch, because round trips would take most of the time. */
async function searchAll(texts: string[]): Promise<void> {
  const searches = texts.flatMap((q) => [{ q }, { q, category: q, brand: q }]);
  await env.DB.batch(searches.map((wanted) => statementOf({ status: "active", ...wanted })));
}

const HOSTILE = [
  '"',
  "'",
  "AND",
  "OR",
  "NOT",
  "NEAR(",
  "NEAR(a b, 2)",
  "*",
  "^",
  "(",
  "words:",
  "-",
  "+",
  "😀",
  "{",
  "\u0000",
  "दाल",
  "--",
];

describe("a catalogue search", () => {
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    ids.rice = await createdProduct({ name: "Basmati Rice 1kg", brand: "Daawat", category: "Home" });
    ids.oil = await createdProduct({ name: "Sunflower Oil 1L", brand: "Fortune", category: "Home Decor" });
    ids.dal = await createdProduct({ name: "तूर दाल AND more", category: "O\"Brien's; DROP TABLE products" });
    ids.old = await createdProduct({ name: "Basmati Rice 5kg", status: "archived" });
  });

  it("matches prefixes of words, in any order and case", async ({ expect }) => {
    expect(await search({ q: "RIC bas" })).toEqual([ids.rice]);
    expect(await search({ q: "rice oil" })).toEqual([]);
    expect(await search({ q: "asmati" })).toEqual([]);
  });

  it("matches category, brand and status exactly", async ({ expect }) => {
    expect(await search({ category: "Home" })).toEqual([ids.rice]);
    expect(await search({ category: "Home Decor", q: "sun" })).toEqual([ids.oil]);
    expect(await search({ brand: "daawat" })).toEqual([]);
    expect(await search({ category: "O\"Brien's; DROP TABLE products" })).toEqual([ids.dal]);
    expect(await search({ q: "rice", status: "archived" })).toEqual([ids.old]);
  });

  it("finds words of other scripts, and words that are operators of FTS5", async ({ expect }) => {
    expect(await search({ q: "दाल" })).toEqual([ids.dal]);
    expect(await search({ q: "AND" })).toEqual([ids.dal]);
    expect(await search({ q: "NEAR(" })).toEqual([]);
  });

  it("matches nothing if the text has no letter or digit", async ({ expect }) => {
    for (const q of ["", "  ", "😀", '"*()', "\u0301"]) expect(await search({ q })).toEqual([]);
  });

  it("never builds an expression that FTS5 rejects, whatever is typed", { timeout: 30_000 }, async ({ expect }) => {
    const typed = fc.oneof(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc
        .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 5 })), { maxLength: 15 })
        .map((parts) => parts.join(" ")),
    );
    await fc.assert(fc.asyncProperty(fc.array(typed, { minLength: 1, maxLength: 20 }), searchAll), { numRuns: 50 });

    expect(await search({ q: "rice" })).toEqual([ids.rice]);
  });

  it("uses at most ten words of at most 64 characters", ({ expect }) => {
    const expression = matchExpression({ q: `${"x".repeat(1_000)} ${"y ".repeat(50)}`, status: "active" });

    expect(expression.match(/words/g)).toHaveLength(10);
    expect(expression.length).toBeLessThan(300);
  });
});
