import { afterEach, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { ownId } from "../support/shop/catalog.ts";
import { type AskOptions, del, get, put } from "../support/http/requests.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const URL = "/api/v1/tax-rates";
const ADMIN: AskOptions = { admin: true };
const rate = (more: Record<string, unknown> = {}) => ({ country: "IN", category: null, rate_bps: 1_800, ...more });

afterEach(async () => {
  await sqlInD1("DELETE FROM tax_rates");
});

async function version(): Promise<number> {
  const [state] = await sqlInD1<{ version: number }>("SELECT version FROM pricing_state");
  return state?.version ?? 0;
}

async function listed(): Promise<unknown> {
  return (await get(URL)).json();
}

describe("tax rates", () => {
  it("are set one by one, updated by setting them again, and visible to everybody", async ({ expect }) => {
    const first = await put(URL, rate({ country: "in" }), ADMIN);
    await put(URL, rate({ category: "Staples", rate_bps: 500 }), ADMIN);
    await put(URL, rate({ rate_bps: 1_200 }), ADMIN);

    expect([first.status, await first.json()]).toEqual([200, rate()]);
    expect(await listed()).toEqual({ tax_rates: [rate({ rate_bps: 1_200 }), rate({ category: "Staples", rate_bps: 500 })] });
  });

  it("are deleted, for a category or for the country", async ({ expect }) => {
    await put(URL, rate(), ADMIN);
    await put(URL, rate({ category: "Tea & Coffee" }), ADMIN);

    const gone = await del(`${URL}?country=in&category=Tea%20%26%20Coffee`, ADMIN);
    const left = await listed();
    const again = await del(`${URL}?country=IN&category=Tea%20%26%20Coffee`, ADMIN);
    const last = await del(`${URL}?country=IN`, ADMIN);

    expect([gone.status, await gone.json()]).toEqual([200, rate({ category: "Tea & Coffee" })]);
    expect(left).toEqual({ tax_rates: [rate()] });
    expect([again.status, last.status]).toEqual([404, 200]);
    expect(await listed()).toEqual({ tax_rates: [] });
  });

  it("invalidate every isolate's cache in the batch that changes them", async ({ expect }) => {
    const before = await version();
    await put(URL, rate(), ADMIN);
    const set = await version();
    await del(`${URL}?country=IN`, ADMIN);

    expect(set).toBeGreaterThan(before);
    expect(await version()).toBeGreaterThan(set);
  });

  it("are set once per key, which is bound to one body", async ({ expect }) => {
    const options = { ...ADMIN, key: ownId("key") };

    await put(URL, rate(), options);
    await put(URL, rate({ rate_bps: 1 }), ADMIN);
    const again = await put(URL, rate(), options);

    expect([again.headers.get("Idempotency-Replayed"), await again.json()]).toEqual(["true", rate()]);
    expect(await listed()).toEqual({ tax_rates: [rate({ rate_bps: 1 })] });
    expect(await (await put(URL, rate({ rate_bps: 2 }), options)).json()).toMatchObject({ code: "idempotency_key_reused" });
    expect((await put(URL, rate(), { ...ADMIN, key: " " })).status).toBe(400);
  });

  it("are in the audit log with their earlier values", async ({ expect }) => {
    await put(URL, rate({ country: "NP" }), ADMIN);
    await put(URL, rate({ country: "NP", rate_bps: 1_300 }), ADMIN);
    await del(`${URL}?country=NP`, ADMIN);

    const found = await sqlInD1<{ action: string }>("SELECT action, before, after FROM audit_log WHERE record_id = 'NP'");

    expect(found).toHaveLength(3);
    expect(found.map(({ action }) => action).toSorted()).toEqual(["tax_rate.delete", "tax_rate.set", "tax_rate.set"]);
    expect(JSON.stringify(found)).toContain("1300");
  });

  it("are audited with their true earlier values for concurrent changes", async ({ expect }) => {
    const answers = await Promise.all([1, 2, 3].map((rate_bps) => put(URL, rate({ country: "BT", rate_bps }), ADMIN)));

    const found = await sqlInD1<Record<"before" | "after", number | null>>(
      "SELECT before->>'rate_bps' AS before, after->>'rate_bps' AS after FROM audit_log WHERE record_id = 'BT'",
    );
    const { tax_rates: rates } = (await listed()) as { tax_rates: { rate_bps: number }[] };

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(found.map(({ after }) => after))).toEqual(new Set([1, 2, 3]));
    // One change began without a rate, each other one with the rate of an earlier change.
    const ended = [1, 2, 3].filter((bps) => bps !== rates[0]?.rate_bps);
    expect(new Set(found.map(({ before }) => before))).toEqual(new Set([null, ...ended]));
  });

  it("are set by admins alone", async ({ expect }) => {
    const { token } = await userOf("staff");

    const answers = await Promise.all([
      put(URL, rate()),
      del(`${URL}?country=IN`),
      put(URL, rate(), { token }),
      del(`${URL}?country=IN`, { token }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403, 403]);
  });

  it("are limited to 500; existing ones can still be changed", async ({ expect }) => {
    await sqlInD1(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499) INSERT INTO tax_rates SELECT 'IN', 'c' || i, 1 FROM n",
    );

    const answers = await Promise.all(["DE", "FR", "US"].map((country) => put(URL, rate({ country }), ADMIN)));
    const changed = await put(URL, rate({ category: "c1", rate_bps: 2 }), ADMIN);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422, 422]);
    const refused = answers.find(({ status }) => status === 422);
    expect(await refused?.json()).toMatchObject({ code: "validation_failed", errors: [{ field: "country" }] });
    expect(changed.status).toBe(200);
  });

  it.for([
    ["no country", { country: undefined }, "country"],
    ["a country by its name", { country: "India" }, "country"],
    ["a country that is a number", { country: 91 }, "country"],
    ["no category field", { category: undefined }, "category"],
    ["an empty category", { category: " " }, "category"],
    ["too long a category", { category: "x".repeat(101) }, "category"],
    ["a category with a control character", { category: "a\u0000b" }, "category"],
    ["a category that is a number", { category: 5 }, "category"],
    ["no rate", { rate_bps: undefined }, "rate_bps"],
    ["a rate below zero", { rate_bps: -1 }, "rate_bps"],
    ["a rate above all", { rate_bps: 10_001 }, "rate_bps"],
    ["half a basis point", { rate_bps: 0.5 }, "rate_bps"],
    ["a rate as text", { rate_bps: "1800" }, "rate_bps"],
    ["a rate that is no number", { rate_bps: null }, "rate_bps"],
  ] as const)("refuse %s", async ([, more, field], { expect }) => {
    const refused = await put(URL, rate(more), ADMIN);

    expect(await refused.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("refuse malformed JSON, another media type and a missing country", async ({ expect }) => {
    const answers = await Promise.all([
      put(URL, "{", ADMIN),
      put(URL, rate(), { ...ADMIN, headers: { "Content-Type": "text/plain" } }),
      del(URL, ADMIN),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([400, 415, 422]);
  });
});
