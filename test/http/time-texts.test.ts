import fc from "fast-check";
import { describe, it } from "vitest";
import { readBound, readTime } from "../../src/http/times.ts";
import { isTimeZone } from "../../src/rules/time-zone.ts";

const iso = (atMs: number | undefined) => (atMs === undefined ? undefined : new Date(atMs).toISOString());
const hours = (day: string, next: string, zone: string) =>
  ((readBound(next, "from", zone) ?? 0) - (readBound(day, "from", zone) ?? 0)) / 3_600_000;

describe("a time", () => {
  it.for([
    ["2026-11-30T12:00:00Z", "2026-11-30T12:00:00.000Z"],
    ["2026-11-30t12:00:00z", "2026-11-30T12:00:00.000Z"],
    ["2026-11-30T12:00:00+05:30", "2026-11-30T06:30:00.000Z"],
    ["2026-11-30T02:00:00+05:30", "2026-11-29T20:30:00.000Z"],
    ["2026-11-30T12:00:00+00:00", "2026-11-30T12:00:00.000Z"],
    ["2026-11-30T12:00:00-00:00", "2026-11-30T12:00:00.000Z"],
    ["2026-11-30T12:00:00.1-03:30", "2026-11-30T15:30:00.100Z"],
    ["2026-11-30T12:00:00.123456789Z", "2026-11-30T12:00:00.123Z"],
    ["2026-11-30T12:00Z", "2026-11-30T12:00:00.000Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
  ] as const)("%s is %s", ([text, utc], { expect }) => {
    expect(iso(readTime(text))).toBe(utc);
  });

  it.for([
    "2026-11-30T12:00:00",
    "2026-11-30",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-30T24:00:00Z",
    "2026-11-30T12:60:00Z",
    "2026-11-30T12:00:00+0530",
    "2026-11-30T12:00:00+24:00",
    "2026-11-30T12:00:00 05:30",
    "30.11.2026",
    "1764500000",
    "now",
    "",
  ])("is not %j", (text, { expect }) => {
    expect(readTime(text)).toBeUndefined();
  });

  it("that JavaScript writes is read as the same", ({ expect }) => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
        expect(readTime(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});

describe("the bound of a filter", () => {
  it.for([
    ["2026-11-30", "from", "UTC", "2026-11-30T00:00:00.000Z"],
    ["2026-11-30", "to", "UTC", "2026-12-01T00:00:00.000Z"],
    ["2026-11-30", "from", "Asia/Kolkata", "2026-11-29T18:30:00.000Z"],
    ["2026-11-30", "to", "Asia/Kolkata", "2026-11-30T18:30:00.000Z"],
    ["2026-12-31", "to", "America/New_York", "2027-01-01T05:00:00.000Z"],
    ["2026-11-30T12:00:00 05:30", "from", "UTC", "2026-11-30T06:30:00.000Z"],
    ["2026-11-30T12:00:00+05:30", "to", "America/New_York", "2026-11-30T06:30:00.000Z"],
  ] as const)("%s, %s, in %s is %s", ([text, side, zone, utc], { expect }) => {
    expect(iso(readBound(text, side, zone))).toBe(utc);
  });

  it("has days of 23, 24 and 25 hours, of none, and days that begin at one o'clock", ({ expect }) => {
    expect(hours("2026-03-28", "2026-03-29", "Europe/Berlin")).toBe(24);
    expect(hours("2026-03-29", "2026-03-30", "Europe/Berlin")).toBe(23);
    expect(hours("2026-10-25", "2026-10-26", "Europe/Berlin")).toBe(25);
    expect(hours("2026-11-01", "2026-11-02", "America/New_York")).toBe(25);
    expect(hours("2026-04-05", "2026-04-06", "Australia/Lord_Howe")).toBe(24.5);
    expect(hours("2018-11-04", "2018-11-05", "America/Sao_Paulo")).toBe(23);
    expect(iso(readBound("2018-11-04", "from", "America/Sao_Paulo"))).toBe("2018-11-04T03:00:00.000Z");
    expect(hours("2018-02-17", "2018-02-18", "America/Sao_Paulo")).toBe(25);
    expect(hours("2011-12-30", "2011-12-31", "Pacific/Apia")).toBe(0);
  });

  it("lets no moment be in two days or in none", ({ expect }) => {
    const zones = ["UTC", "Asia/Kolkata", "Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana"];
    const days = fc.date({ min: new Date("2010-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.constantFrom(...zones), (date, zone) => {
        const [day = "", next = ""] = [0, 1].map((n) => new Date(date.getTime() + n * 86_400_000).toISOString().slice(0, 10));
        expect(readBound(day, "to", zone)).toBe(readBound(next, "from", zone));
        expect([23, 24, 25]).toContain(hours(day, next, zone));
      }),
    );
  });

  it.for(["2026-02-30", "2026-11", "2026-11-31", "yesterday", "2026-11-30T12:00"])("is not %s", (text, { expect }) => {
    expect(readBound(text, "from", "UTC")).toBeUndefined();
  });
});

describe("a time zone", () => {
  it("is one of IANA's", ({ expect }) => {
    expect(["UTC", "Asia/Kolkata", "Europe/Berlin"].every(isTimeZone)).toBe(true);
    expect(["India", "Asia/Atlantis", ""].some(isTimeZone)).toBe(false);
  });
});
