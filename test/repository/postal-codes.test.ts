import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { readGeoNames } from "../../scripts/support/geonames.js";
import { indianPostalCodes, normalCode, northAmericanPostalCodes, requestBodies } from "../../scripts/support/postal-codes.js";

const folder = mkdtempSync(join(tmpdir(), "holdfast-postal-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MAX_BODY_BYTES = 65_536;

let files = 0;
function fileOf(...lines: string[]): string {
  const path = join(folder, `${files++}.txt`);
  writeFileSync(path, lines.join("\n"));
  return path;
}

function row(country: string, code: string, latitude: string, longitude: string): string {
  return [country, code, "Place", "State", "01", "County", "001", "", "", latitude, longitude, "4"].join("\t");
}

describe("a GeoNames postal file", () => {
  it("is grouped by country, and a code of several places lies in their middle", async ({ expect }) => {
    const path = fileOf(
      row("IN", "560034", "12.9", "77.6"),
      row("GB", "ab10 1aa", "57.1", "-2.1"),
      row("IN", "560034", "13.1", "77.8"),
      row("IN", "560035", "12.5", "77.5"),
      "",
    );

    const { groups, dropped } = await readGeoNames(path);

    expect(dropped).toBe(0);
    expect(groups.map(({ country, postalCodes }) => [country, postalCodes.length])).toEqual([
      ["IN", 2],
      ["GB", 1],
    ]);
    expect(groups[0]?.postalCodes[0]?.latitude).toBeCloseTo(13, 9);
    expect(groups[0]?.postalCodes[0]?.longitude).toBeCloseTo(77.7, 9);
    expect(groups[1]?.postalCodes).toEqual([{ code: "AB101AA", latitude: 57.1, longitude: -2.1 }]);
  });

  it("puts a code that straddles the date line beside it, not on the far side of the earth", async ({ expect }) => {
    const { groups } = await readGeoNames(fileOf(row("RU", "689000", "66", "179"), row("RU", "689000", "66", "-177")));

    expect(groups[0]?.postalCodes).toEqual([{ code: "689000", latitude: 66, longitude: -179 }]);
  });

  it("drops and counts rows without a usable code and place", async ({ expect }) => {
    const bad = [
      ["", ""],
      ["0", "0"],
      ["91", "10"],
      ["10", "-181"],
      ["north", "10"],
    ].map(([latitude = "", longitude = ""]) => row("FR", "75001", latitude, longitude));

    const { groups, dropped } = await readGeoNames(
      fileOf(...bad, row("FR", " - ", "48", "2"), row("FR", "7".repeat(17), "48", "2"), row("FR", "75002", "48.86", "2.34")),
    );

    expect(dropped).toBe(7);
    expect(groups).toEqual([{ country: "FR", postalCodes: [{ code: "75002", latitude: 48.86, longitude: 2.34 }] }]);
  });

  it("is refused with the line that is none of its rows", async ({ expect }) => {
    const good = row("FR", "75002", "48.86", "2.34");

    await expect(readGeoNames(fileOf(good, "a,b,c"))).rejects.toMatchObject({
      name: "Failure",
      message: expect.stringContaining("line 2 is not a row of a GeoNames postal file"),
    });
    await expect(readGeoNames(join(folder, "missing.txt"))).rejects.toMatchObject({ name: "Failure" });
    await expect(readGeoNames(folder)).rejects.toMatchObject({ name: "Failure" });
    await expect(readGeoNames(fileOf(""))).rejects.toMatchObject({ name: "Failure" });
  });
});

describe("the packages", () => {
  it("give all of India but the codes with coordinates elsewhere", ({ expect }) => {
    const { groups, dropped } = indianPostalCodes();
    const postalCodes = groups[0]?.postalCodes ?? [];
    const byCode = new Map(postalCodes.map((place) => [place.code, place]));

    expect(dropped).toBe(161);
    expect(postalCodes.length).toBeGreaterThan(18_000);
    expect(groups.map(({ country }) => country)).toEqual(["IN"]);
    expect(byCode.get("560034")).toEqual({ code: "560034", latitude: 12.926138, longitude: 77.622109 });
    // 0,0 and a place in Mongolia.
    expect(byCode.has("182101") || byCode.has("737101")).toBe(false);
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
  expect(new Set(codes).size).toBe(18_764 + 1_500);
  expect(bodies.at(-1)?.body).toContain('"latitude":-12.345679,"longitude":-123.456789}');
});

it("writes two spellings of one code the same way", ({ expect }) => {
  expect(["1011 ab", "1011-AB", " 1011AB "].map(normalCode)).toEqual(["1011AB", "1011AB", "1011AB"]);
});
