import { describe, it } from "vitest";
import { usableCodes } from "../../../src/warehouses/rules/known-codes.ts";

function codes(...known: [code: string, latitude: number, longitude: number][]) {
  return known.map(([code, latitude, longitude]) => ({ code, latitude, longitude }));
}

function kept(country: string, ...known: [code: string, latitude: number, longitude: number][]) {
  const { usable, dropped } = usableCodes(country, codes(...known));
  return [usable.map(({ code }) => code), dropped.map(({ code, reason }) => `${code} ${reason}`)];
}

describe("a data set that lies", () => {
  it("loses a point that codes of several regions share, and keeps a town's", ({ expect }) => {
    const delhi = [28.4229396, 76.919742] as const;

    expect(kept("IN", ["143402", ...delhi], ["122105", ...delhi], ["173032", ...delhi], ["143401", 31.6, 75.2])).toEqual([
      ["143401"],
      ["143402 shared_point", "122105 shared_point", "173032 shared_point"],
    ]);
    expect(kept("IN", ["560001", 12.97, 77.59], ["560002", 12.97, 77.59])).toEqual([["560001", "560002"], []]);
    expect(kept("GB", ["EC1A1BB", 51.5, -0.1], ["SW1A1AA", 51.5, -0.1], ["N1", 51.5, -0.1])[1]).toEqual([]);
    expect(kept("GB", ["B1", 52.48, -1.9], ["BA1", 52.48, -1.9])[0]).toEqual([]);
    expect(kept("US", ["79910", 31.69, -106.3], ["88510", 31.69, -106.3])[1]).toEqual([]);
    // Mexico City has codes from 01 to 16.
    expect(kept("MX", ["06000", 19.43, -99.13], ["16000", 19.43, -99.13])[1]).toEqual([]);
  });

  it.for([
    ["US", "10200", 40.77, 73.95],
    ["CA", "H0H", 90, 0],
    ["US", "09012", 9.2, 49.4],
    ["US", "34002", 8.9733, -79.5556],
    ["IN", "737101", 46.9, 103.8],
    ["FR", "75001", 0, 0],
    ["SJ", "9170", 0, 0],
    ["GB", "SW1A1AA", -0.14, 51.5],
  ] as const)("loses what is outside its country: %s %s", ([country, ...known], { expect }) => {
    expect(kept(country, [...known])).toEqual([[], [`${known[0]} outside_country`]]);
  });

  it.for([
    ["US", "96813", 21.3, -157.8],
    ["US", "00901", 18.46, -66.1],
    ["US", "96910", 13.47, 144.75],
    ["FR", "97400", -20.88, 55.45],
    ["PT", "9500", 37.74, -25.67],
    ["ES", "35001", 28.1, -15.41],
    ["RU", "689000", 64.73, 177.5],
    ["FJ", "0", -16.8, 179.9],
    ["NZ", "8942", -43.95, -176.56],
    ["SJ", "9170", 78.22, 15.65],
  ] as const)("keeps what is far off and still in it: %s %s", ([country, ...known], { expect }) => {
    expect(kept(country, [...known])).toEqual([[known[0]], []]);
  });
});
