import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, describe, it } from "vitest";
import { get, patch, post, put } from "../support/http/requests.ts";
import { ownId } from "../support/shop/catalog.ts";
import { openShop } from "../support/shop/warehouses.ts";
import { postalKey } from "../../src/warehouses/rules/postal-code.ts";

interface Nearest {
  ranked_by: string;
  location: { source: string; postal_code: string | null; matched: string | null; latitude: number | null };
  warehouses: { warehouse_id: string; served_prefix: string | null }[];
}

async function nearest(country: string, code: string): Promise<Nearest> {
  return (await get(`/api/v1/warehouses/nearest?country=${country}&postal_code=${encodeURIComponent(code)}`)).json<Nearest>();
}

/** Writes codes as release 0.3.0 stored them: upper case, only letters and digits. */
async function store(country: string, ...codes: [code: string, latitude: number, longitude: number][]) {
  const insert = env.DB.prepare("INSERT OR REPLACE INTO postal_codes (country, code, latitude, longitude) VALUES (?, ?, ?, ?)");
  await env.DB.batch(codes.map((code) => insert.bind(country, ...code)));
}

const ABROAD = ["GB", "LU", "SE", "AR", "BR", "JP", "CA", "IE", "NL", "US", "FR", "LV"];

beforeAll(async () => {
  await openShop();
  const place = { country: "GB", postal_code: "EC1A 1BB", latitude: 51.52, longitude: -0.1 };
  await post("/api/v1/warehouses", { warehouse_id: "LON", name: "London", ...place, ships_to: ABROAD }, { admin: true });
});

describe("codes that earlier releases stored", () => {
  it("have the key in D1 that the Worker computes", async ({ expect }) => {
    const british = fc.stringMatching(/^[A-Z]{1,2}[0-9][A-Z0-9]?([0-9][A-Z]{2}| [0-9])?$/);
    const signed = fc.stringMatching(/^[A-Z]{0,2}[0-9]{5}$/);
    const stored = fc.oneof(
      fc.tuple(fc.constantFrom("GB", "JE"), british),
      fc.tuple(fc.constantFrom("SE", "FR", "DE", "ES"), signed),
      fc.tuple(fc.constantFrom("LU", "LV", "AR", "AZ"), fc.stringMatching(/^[0-9]{4}$/)),
    );
    const pairs = fc.sample(stored, { numRuns: 600, seed: 14 });

    const select = `SELECT json_group_array(json_array(country, code, match_key)) AS keys FROM postal_codes WHERE latitude = 7`;
    const insert = `INSERT OR IGNORE INTO postal_codes (country, code, latitude, longitude) SELECT value->>0, value->>1, 7, 7 FROM json_each(?)`;
    await env.DB.prepare(insert).bind(JSON.stringify(pairs)).run();
    const keys = JSON.parse((await env.DB.prepare(select).first<string>("keys")) ?? "") as [string, string, string][];
    await env.DB.prepare("DELETE FROM postal_codes WHERE latitude = 7").run();

    expect(keys.length).toBeGreaterThan(300);
    const own = keys.map(([country, code, key]) => ({ country, code, key, own: postalKey(country, code) }));
    expect(own.filter((each) => each.key !== each.own)).toEqual([]);
  });

  it.for([
    ["LU", "1009", "L-1009", "L1008", "L1010"],
    ["LU", "L1011", "1011"],
    ["LV", "1010", "LV-1010", "LV1009", "LV1011"],
    ["SE", "SE11120", "111 20", "11119", "11121"],
    ["AR", "C1425ABC", "1425", "1424", "1426"],
    ["US", "941031234", "94103"],
    ["GB", "PH41QE", "ph4 1qe", "PH4", "PH41"],
    ["GB", "PH41", "PH41"],
  ] as const)("of %s, %s is found for %s", async ([country, stored, entered, ...others], { expect }) => {
    await store(country, [stored, 50, 1], ...others.map((code): [string, number, number] => [code, 40, 1]));

    const { location } = await nearest(country, entered);
    await env.DB.prepare("DELETE FROM postal_codes WHERE country = ? AND latitude IN (40, 50)").bind(country).run();

    expect(location).toMatchObject({ source: "postal_code", latitude: 50 });
  });

  it("of `UK` and served beginnings of 0.3.0 go on to match", async ({ expect }) => {
    const old = ownId("OLD");
    await env.DB.prepare(
      `INSERT INTO warehouses (warehouse_id, position, name, status, country, postal_code, latitude, longitude, allows_self_service, served_postal_codes, ships_to)
       VALUES (?, 50, 'Old', 'active', 'UK', 'SW1A1AA', 51.5, -0.1, 0, '["SW1A","EH12"]', '["UK"]')`,
    )
      .bind(old)
      .run();
    await patch("/api/v1/warehouses/LON", { name: "London" }, { admin: true });

    const shown = await nearest("UK", "SW1A 1AA");

    expect(shown.warehouses[0]).toMatchObject({ warehouse_id: old, served_prefix: "SW1A", country: "GB", ships_to: ["GB"] });
    await env.DB.prepare("DELETE FROM warehouses WHERE warehouse_id = ?").bind(old).run();
    await patch("/api/v1/warehouses/LON", { name: "London" }, { admin: true });
  });
});

describe("a British code", () => {
  it("falls back to its outward code and then the area, never on shared letters", async ({ expect }) => {
    const codes = [
      { code: "PH41", latitude: 57, longitude: -5.8 },
      { code: "PH4", latitude: 56.3, longitude: -3.75 },
      { code: "PH3", latitude: 56.29, longitude: -3.7 },
    ];
    await put("/api/v1/postal-codes", { country: "UK", postal_codes: codes }, { admin: true });

    const outward = await nearest("GB", "PH4 1QE");
    const other = await nearest("GB", "PH41 4PL");
    await env.DB.prepare("DELETE FROM postal_codes WHERE country = 'GB' AND code = 'PH4'").run();
    const area = await nearest("GB", "PH4 1QE");
    const none = await nearest("GB", "P1 1AA");
    await store("GB", ["AB", 57.1, -2.1], ["B", 52.48, -1.9]);
    const known = [await nearest("GB", "AB10 1AA"), await nearest("GB", "B1 1AA"), await nearest("GB", "BA1 1AA")];

    expect(outward.location).toMatchObject({ source: "postal_code_prefix", matched: "PH4", latitude: 56.3 });
    expect(other.location).toMatchObject({ source: "postal_code_prefix", matched: "PH41", latitude: 57 });
    expect(area.location).toMatchObject({ source: "postal_code_prefix", matched: "PH", latitude: 56.29 });
    expect(none.location).toMatchObject({ source: "unknown" });
    expect(known.map(({ location }) => location.matched)).toEqual(["AB", "B", null]);
  });

  it("is served by its own outward code: PA6 does not take PA60", async ({ expect }) => {
    await patch("/api/v1/warehouses/LON", { served_postal_codes: ["PA6", "PA7 0"] }, { admin: true });

    const answers = await Promise.all(["PA6 1AA", "PA60 7XS", "PA7 0AA", "PA70 6HA"].map((code) => nearest("GB", code)));

    expect(answers.map(({ warehouses }) => warehouses[0]?.served_prefix)).toEqual(["PA6", null, "PA7 0", null]);
  });
});

describe("codes of other countries", () => {
  it.for([
    ["JP", "〒100-0001", "1000001"],
    ["JP", "１００−０００１", "1000001"],
    ["LU", "L-1009", "L1009"],
    ["SE", "SE-111 20", "11120"],
    ["FR", "F-75008", "75008"],
    ["FR", "75008 Paris", "75008"],
    ["FR", "75008\u00A0Paris", "75008"],
    ["IE", "d02af30", "D02AF30"],
    ["US", "94103-1234", "94103"],
    ["US", "2134", "02134"],
    ["NL", "1012 AB Amsterdam", "1012AB"],
    ["CA", "K1A 0B1", "K1A0B1"],
  ] as const)("of %s are taken as people write them: %s", async ([country, entered, code], { expect }) => {
    expect((await nearest(country, entered)).location).toMatchObject({ postal_code: code });
  });

  it("fall back to the nearest known number, not to the order of warehouses", async ({ expect }) => {
    await store("BR", ["01000000", -23.55, -46.63], ["06000000", -23.53, -46.79]);
    await store("JP", ["1020083", 35.68, 139.73], ["1500001", 35.67, 139.7]);

    const [brazil, japan] = [await nearest("BR", "05001-000"), await nearest("JP", "〒100-0001")];

    expect(brazil).toMatchObject({ ranked_by: "distance", location: { matched: "0", latitude: -23.53 } });
    expect(japan).toMatchObject({ ranked_by: "distance", location: { matched: "10", latitude: 35.68 } });
  });
});

describe("a country", () => {
  const answersFor = async (country: string) => {
    const at = (await get(`/api/v1/warehouses/nearest?country=${country}`)).status;
    const options = (await get(`/api/v1/delivery/options?country=${country}`)).status;
    const cart = (await post("/api/v1/carts", { country })).status;
    const body = { country, category: ownId("c"), rate_bps: 500 };
    const tax = (await put("/api/v1/tax-rates", body, { admin: true })).status;
    const codes = { country, postal_codes: [{ code: "EC1A 1BB", latitude: 51.52, longitude: -0.1 }] };
    const postal = (await put("/api/v1/postal-codes", codes, { admin: true })).status;
    const place = { name: "W", postal_code: "1", latitude: 51.5, longitude: 0 };
    const warehouse = { warehouse_id: ownId("W"), country, ...place };
    const opened = (await post("/api/v1/warehouses", warehouse, { admin: true })).status;
    const ships = (await patch("/api/v1/warehouses/DEL", { ships_to: ["IN", country] }, { admin: true })).status;
    return [at, options, cart, tax, postal, opened, ships];
  };

  it("`UK` is `GB` wherever one is taken", async ({ expect }) => {
    expect(await answersFor("uk")).toEqual([200, 200, 201, 200, 200, 201, 200]);
    const { ships_to: ships } = await (await get("/api/v1/warehouses/DEL")).json<{ ships_to: string[] }>();
    expect(ships).toEqual(["IN", "GB"]);
  });

  it.for(["ZZ", "XX", "EU", "AN"])("%s is refused wherever one is taken", async (country, { expect }) => {
    expect(await answersFor(country)).toEqual([422, 422, 422, 422, 422, 422, 422]);
  });
});
