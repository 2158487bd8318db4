import { describe, it } from "vitest";
import { disagreement, firstRecord } from "../../../src/shop/rules/currency-record.ts";

const HUF = { currency: "HUF", currencyDecimals: 2 };

describe("the first record of a shop", () => {
  it("has ISO's decimals, unless older amounts or the settings say others", ({ expect }) => {
    expect(firstRecord(HUF, undefined)).toEqual({ currency: "HUF", decimals: 2 });
    expect(firstRecord(HUF, 0)).toEqual({ currency: "HUF", decimals: 0 });
    expect(firstRecord({ ...HUF, statedDecimals: 2 }, 0)).toEqual({ currency: "HUF", decimals: 2 });
  });
});

describe("settings and record", () => {
  it("agree in currency and in decimals that the settings state", ({ expect }) => {
    expect(disagreement(HUF, { currency: "HUF", decimals: 0 })).toBeUndefined();
    expect(disagreement({ ...HUF, statedDecimals: 0 }, { currency: "HUF", decimals: 0 })).toBeUndefined();
    expect(disagreement({ ...HUF, statedDecimals: 2 }, { currency: "HUF", decimals: 0 })).toContain("CURRENCY_DECIMALS is 2");
    expect(disagreement(HUF, { currency: "EUR", decimals: 2 })).toContain("CURRENCY is HUF");
  });
});
