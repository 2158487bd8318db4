import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { matchExpression } from "../../src/catalog/rules/search.ts";

const PRODUCTS = 20_000;
const TURNS = 3;
/** In one call, because the way to D1 takes longer than one search. */
const SEARCHES = 20;

/** Products whose words begin with every pair of a consonant and a vowel, in half of them with `even`, in the others with `odd`. */
beforeAll(async () => {
  const words = `(SELECT group_concat(substr('babecadofagehilomanoperasitovuxu', 1 + 2 * ((j.value * 7 + w.key * 5) % 16), 2)
    || substr('ritolanemu', 1 + 2 * ((j.value + w.key) % 5), 2) || (j.value * (w.key + 3) % 97), ' ') FROM json_each('[0,0,0,0,0,0,0,0,0,0,0,0]') w)`;
  const insert = env.DB.prepare(`
    INSERT INTO products (product_id, name, description, sku, status, is_bundle, price_minor, created_at_ms, updated_at_ms)
    SELECT 'work-' || j.value, iif(j.value % 2, 'oddly', 'evenly') || ' number ' || j.value, ${words}, 'WORK' || j.value, 'active', 0, 100, 0, 0
    FROM json_each(?) j`);
  for (let first = 0; first < PRODUCTS; first += 5_000) {
    await insert.bind(JSON.stringify(Array.from({ length: 5_000 }, (_, index) => first + index))).run();
  }
}, 120_000);

/** The time of D1 for a page of matches, several times in turns with the index of release 0.3.0, which had no prefixes. */
async function timesOf(q: string): Promise<{ before: number; now: number; found: number }> {
  const terms = q.split(" ").map((word) => `words : "${word}" *`);
  const matches = { products_search: terms.join(" AND "), catalog_search: matchExpression({ q, status: "active" }) };
  const times = { products_search: 0, catalog_search: 0 };
  let found = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const index of ["products_search", "catalog_search"] as const) {
      const select = env.DB.prepare(`SELECT rowid FROM ${index} WHERE ${index} MATCH ? ORDER BY rowid LIMIT 21`);
      const before = performance.now();
      const answers = await env.DB.batch(Array.from({ length: SEARCHES }, () => select.bind(matches[index])));
      times[index] += performance.now() - before;
      found = answers[0]?.results.length ?? 0;
    }
  }
  return { before: times.products_search, now: times.catalog_search, found };
}

describe("a search of several beginnings", () => {
  // Measured with 100,000 products, see docs/architecture.md: 59 to 246 ms before, at most 1 ms now.
  it.for(["b c xy", "r t q", "ba ca zz", "b c d f g h l m n qq"])(
    "that finds nothing, %s, takes at most a third of what it took without prefixes in the index",
    async (q, { expect }) => {
      const { before, now, found } = await timesOf(q);

      expect(found).toBe(0);
      expect(now, `${now} ms of ${before} ms`).toBeLessThan(before / 3);
    },
  );

  it("reads each list once where every product has one of the words, and none has both", async ({ expect }) => {
    const { before, now, found } = await timesOf("r t even odd");

    expect(found).toBe(0);
    // Both read the lists; without prefixes, each list is put together first.
    expect(now, `${now} ms of ${before} ms`).toBeLessThan(before);
  });
});
