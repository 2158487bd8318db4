import { describe, it } from "vitest";
import { indianPostalCodes, normalCode, northAmericanPostalCodes, requestBodies } from "../../scripts/support/postal-codes.js";
import { usableCodes } from "../../src/warehouses/rules/known-codes.ts";

const MAX_BODY_BYTES = 65_536;

describe("the packages", () => {
  it("give all of India but the codes with coordinates elsewhere", ({ expect }) => {
    const { groups, dropped } = indianPostalCodes();
    const postalCodes = groups[0]?.postalCodes ?? [];
    const byCode = new Map(postalCodes.map((place) => [place.code, place]));

    expect(dropped).toBe(161 + 16);
    expect(postalCodes.length).toBeGreaterThan(18_000);
    expect(groups.map(({ country }) => country)).toEqual(["IN"]);
    expect(byCode.get("560034")).toEqual({ code: "560034", latitude: 12.926138, longitude: 77.622109 });
    // 0,0 and a place in Mongolia.
    expect(byCode.has("182101") || byCode.has("737101")).toBe(false);
    // One point near Delhi for 16 codes of three states.
    expect(byCode.has("143402") || byCode.has("122105")).toBe(false);
    expect(byCode.has("143401")).toBe(true);
  });

  it("lose at the server what lies outside its country, and keep nearly all", ({ expect }) => {
    const [indian, ...northAmerican] = [...indianPostalCodes().groups, ...northAmericanPostalCodes().groups].map((group) => ({
      ...group,
      ...usableCodes(group.country, group.postalCodes),
    }));
    const [usa, canada] = northAmerican.map(({ dropped }) => dropped.map(({ code }) => code));

    expect(indian?.dropped).toEqual([]);
    // New York in Kyrgyzstan, army post in Panama, and Santa Claus.
    expect(usa).toEqual(expect.arrayContaining(["10200", "34002"]));
    expect(canada).toContain("H0H");
    expect([usa?.length, canada?.length]).toEqual([335, 1]);
  });

  it("give the USA and Canada", ({ expect }) => {
    const { groups, dropped } = northAmericanPostalCodes();
    const [usa, canada] = groups.map(({ postalCodes }) => postalCodes);

    expect(groups.map(({ country }) => country)).toEqual(["US", "CA"]);
    expect(usa?.length).toBeGreaterThan(42_000);
    expect(canada?.length).toBeGreaterThan(1_600);
    expect(dropped).toBeLessThan(500);
    expect(usa?.find(({ code }) => code === "10001")).toEqual({ code: "10001", latitude: 40.7484, longitude: -73.9967 });
  });
});

it("cuts requests to what the API takes and loses no code", ({ expect }) => {
  const wide = Array.from({ length: 1_500 }, (_, index) => ({
    code: `CODE${index}`.padEnd(16, "X"),
    latitude: -12.3456789,
    longitude: -123.456789012,
  }));

  const bodies = [...requestBodies([...indianPostalCodes().groups, { country: "XX", postalCodes: wide }])];
  const codes = bodies.flatMap(({ body }) => JSON.parse(body).postal_codes.map((place: { code: string }) => place.code));

  expect(bodies.every(({ body, rows }) => Buffer.byteLength(body) <= MAX_BODY_BYTES && rows <= 1_000)).toBe(true);
  expect(bodies.every(({ body, rows }) => JSON.parse(body).postal_codes.length === rows)).toBe(true);
  expect(new Set(codes).size).toBe(18_764 - 16 + 1_500);
  expect(bodies.at(-1)?.body).toContain('"latitude":-12.345679,"longitude":-123.456789}');
});

it("writes two spellings of one code the same way", ({ expect }) => {
  expect(["1011 ab", "1011-AB", " 1011AB "].map(normalCode)).toEqual(["1011AB", "1011AB", "1011AB"]);
});
