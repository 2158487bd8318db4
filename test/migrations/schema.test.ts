import { env } from "cloudflare:workers";
import { describe, it } from "vitest";

interface Entry {
  name: string;
  sql: string;
}

/** The shop's own tables: not D1's, not SQLite's, and not the shadow tables of the full-text index. */
async function entries(type: "table" | "index"): Promise<Entry[]> {
  const { results } = await env.DB.prepare("SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL ORDER BY name")
    .bind(type)
    .all<Entry>();
  return results.filter(({ name }) => !/^(_cf_|sqlite_|d1_|products_search|catalog_search|orders_search)/.test(name));
}

/** What follows the closing bracket of the columns. */
function optionsOf({ sql }: Entry): string {
  return sql.slice(sql.lastIndexOf(")") + 1).trim();
}

// drizzle-kit writes none of this: it is added by hand, and could be forgotten.
describe("the tables of D1", () => {
  it("are all STRICT, and all without a rowid but products, whose lists and search go by it", async ({ expect }) => {
    const tables = await entries("table");

    expect(tables.length).toBeGreaterThanOrEqual(14);
    const odd = tables.filter((table) => optionsOf(table) !== "STRICT, WITHOUT ROWID");
    expect(odd.map((table) => [table.name, optionsOf(table)])).toEqual([["products", "STRICT"]]);
  });

  it("have the partial index that finds the refusals of keys among the fences", async ({ expect }) => {
    const indexes = await entries("index");

    expect(indexes.find(({ name }) => name === "fences_refusals")?.sql).toMatch(
      /ON `fences` \(`at_ms`\) WHERE answer IS NOT NULL$/,
    );
  });

  it("have the full-text index, which stores no text itself, and its triggers", async ({ expect }) => {
    const { results } = await env.DB.prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE name IN ('products_search', 'products_search_insert', 'products_search_update') ORDER BY name",
    ).all<Entry & { type: string }>();

    expect(results.map(({ type }) => type)).toEqual(["table", "trigger", "trigger"]);
    expect(results[0]?.sql).toContain("content=''");
  });
});
