import { describe, it } from "vitest";
import { isoDecimals } from "../../src/rules/currency.ts";

describe("the decimals of a currency", () => {
  it("are ISO 4217's, also where CLDR's are others and change", ({ expect }) => {
    const disputed = "HUF RSD ALL LBP COP IDR AFN IRR KPW LAK MMK PKR SOS SYP YER MGA TWD";
    expect(disputed.split(" ").map(isoDecimals)).toEqual(disputed.split(" ").map(() => 2));
    expect(["IQD", "KWD", "TND"].map(isoDecimals)).toEqual([3, 3, 3]);
    expect(["JPY", "ISK", "UGX", "CLP", "XAF"].map(isoDecimals)).toEqual([0, 0, 0, 0, 0]);
    expect(["INR", "EUR", "USD", "MRU", "ZWG", "XCG"].map(isoDecimals)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it("are unknown for codes of no currency, and for metals, funds, units of account and tests", ({ expect }) => {
    const others = "ABC XXX XTS XAU XAG XPT XDR XSU XUA XBA CLF UYI UYW CHE CHW COU MXV BOV USN HRK inr";
    expect(others.split(" ").filter((code) => isoDecimals(code) !== undefined)).toEqual([]);
  });
});
