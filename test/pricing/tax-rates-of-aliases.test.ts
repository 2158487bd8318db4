import { env } from "cloudflare:workers";
import { it } from "vitest";
import { rateFor } from "../../src/pricing/rules/tax.ts";
import { del, get } from "../support/http/requests.ts";

it("takes a rate that release 0.3.0 wrote for `UK`, unless `GB` has its own", ({ expect }) => {
  const old = [
    { country: "UK", category: "", rateBps: 2_000 },
    { country: "UK", category: "Books", rateBps: 0 },
  ];

  expect([rateFor(old, "GB", "Food"), rateFor(old, "UK", "Books"), rateFor(old, "FR", null)]).toEqual([2_000, 0, 0]);
  expect(rateFor([...old, { country: "GB", category: "", rateBps: 1_750 }], "GB", null)).toBe(1_750);
});

it("deletes the rate of `UK` with that of `GB`, and no other", async ({ expect }) => {
  await env.DB.prepare(
    "INSERT INTO tax_rates (country, category, rate_bps) VALUES ('UK', '', 2000), ('UK', 'Books', 0), ('GB', '', 2000), ('GR', '', 2400)",
  ).run();

  const { status } = await del("/api/v1/tax-rates?country=uk", { admin: true });

  expect(status).toBe(200);
  const { results } = await env.DB.prepare("SELECT country, category FROM tax_rates ORDER BY country").all();
  expect(results).toEqual([
    { country: "GR", category: "" },
    { country: "UK", category: "Books" },
  ]);
  expect((await get("/api/v1/tax-rates", { admin: true })).status).toBe(200);
});
