import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { it } from "vitest";
import { get } from "../support/http/requests.ts";

/** The parts of the migration that fill tables: the column and its index are there, and rows of before have them at once. */
async function fillAgain() {
  const migrations = (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS;
  const queries = migrations.find(({ name }) => name.includes("postal_keys"))?.queries ?? [];
  const fills = queries.filter((query) => /^\s*(--[^\n]*\n\s*)*INSERT/.test(query));
  await env.DB.batch(fills.map((query) => env.DB.prepare(query)));
  return fills.length;
}

it("writes codes and rates of `UK` under `GB` too, and leaves what was there", async ({ expect }) => {
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO postal_codes (country, code, latitude, longitude) VALUES ('UK', 'PH41QE', 56.3, -3.7), ('UK', 'PH4', 1, 1)",
    ),
    env.DB.prepare(
      "INSERT INTO postal_codes (country, code, latitude, longitude) VALUES ('GB', 'PH4', 56.31, -3.75), ('EL', '10431', 38, 23.7)",
    ),
    env.DB.prepare(
      "INSERT INTO tax_rates (country, category, rate_bps) VALUES ('UK', '', 2000), ('UK', 'Books', 0), ('GB', 'Books', 500)",
    ),
  ]);

  const fills = await fillAgain();

  expect(fills).toBe(2);
  const codes = await env.DB.prepare(
    "SELECT country, code, latitude, match_key AS key FROM postal_codes ORDER BY country, code",
  ).all();
  expect(codes.results).toEqual([
    { country: "EL", code: "10431", latitude: 38, key: "10431" },
    { country: "GB", code: "PH4", latitude: 56.31, key: "PH04 " },
    { country: "GB", code: "PH41QE", latitude: 56.3, key: "PH04 1QE" },
    { country: "GR", code: "10431", latitude: 38, key: "10431" },
    { country: "UK", code: "PH4", latitude: 1, key: "PH4" },
    { country: "UK", code: "PH41QE", latitude: 56.3, key: "PH41QE" },
  ]);
  const listed = await (await get("/api/v1/tax-rates", { admin: true })).json<{ tax_rates: unknown[] }>();
  expect(listed.tax_rates).toEqual([
    { country: "GB", category: null, rate_bps: 2_000 },
    { country: "GB", category: "Books", rate_bps: 500 },
  ]);
});

it("finds British codes by the index of their keys", async ({ expect }) => {
  const plan = await env.DB.prepare(
    "EXPLAIN QUERY PLAN SELECT code FROM postal_codes WHERE country = 'GB' AND match_key <> code AND match_key >= 'PH04 1QE' ORDER BY match_key LIMIT 1",
  ).all<{ detail: string }>();

  expect(plan.results.map(({ detail }) => detail)).toEqual([
    "SEARCH postal_codes USING INDEX postal_codes_by_key (country=? AND match_key>?)",
  ]);
});
