import { describe, it } from "vitest";
import { fromStripeAmount, toStripeAmount } from "../../../src/payments/rules/stripe.ts";

describe("an amount in Stripe's units", () => {
  it.for([
    // 150.00 rupees are 15000 paise; 150 yen are 150; 1.500 dinars are 1500; krónur and shillings have two zeros at Stripe.
    ["INR", 2, 15_000, 15_000],
    ["JPY", 0, 150, 150],
    ["KWD", 3, 1_500, 1_500],
    ["ISK", 0, 5, 500],
    ["UGX", 0, 5, 500],
    // Hundredths are charged, although Stripe pays out whole units; a shop whose amounts have no decimals charges whole ones.
    ["HUF", 2, 1_050, 1_050],
    ["HUF", 0, 1_990, 199_000],
    ["TWD", 2, 1_050, 1_050],
    ["ISK", 2, 500, 500],
    ["MGA", 2, 500, 5],
    ["LYD", 3, 1_230, 123],
  ] as const)("in %s with %i decimals, %i in minor units: %i, and back", ([currency, decimals, minor, amount], { expect }) => {
    expect(toStripeAmount(minor, currency, decimals)).toBe(amount);
    expect(fromStripeAmount(amount, currency, decimals)).toBe(minor);
  });

  it("is undefined where Stripe has fewer decimals than it needs", ({ expect }) => {
    expect(toStripeAmount(1_501, "KWD", 3)).toBeUndefined();
    expect(toStripeAmount(501, "MGA", 2)).toBeUndefined();
    expect(toStripeAmount(1_231, "LYD", 3)).toBeUndefined();
    expect(toStripeAmount(550, "ISK", 2)).toBeUndefined();
    expect(toStripeAmount(550, "UGX", 2)).toBeUndefined();
    expect(fromStripeAmount(501, "ISK", 0)).toBeUndefined();
  });
});
