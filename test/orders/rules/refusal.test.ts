import { describe, it } from "vitest";
import { isAsExpected, isUsedUp } from "../../../src/orders/rules/refusal.ts";
import type { CountedUse } from "../../../src/pricing/rules/bill.ts";

function bill(totalMinor: number, { unusedCodes = [] as string[], uses = [] as string[] } = {}) {
  const none = { subtotalMinor: 0, discountMinor: 0, taxMinor: 0, taxIncluded: true, deliveryCostMinor: 0 };
  const counted = uses.map((ruleId): CountedUse => ({ ruleId, customerId: null }));
  return { totals: { ...none, totalMinor }, unusedCodes, uses: counted };
}

describe("the total that a shopper expects", () => {
  it.for([
    ["nothing said", bill(100), undefined, true],
    ["a code that works", bill(90, { uses: ["R"] }), undefined, true],
    ["a code that takes nothing off", bill(100, { unusedCodes: ["A"] }), undefined, false],
    ["such a code, and the total", bill(100, { unusedCodes: ["A"] }), 100, true],
    ["such a code, and another total", bill(100, { unusedCodes: ["A"] }), 90, false],
    ["the total", bill(100), 100, true],
    ["a higher total", bill(100), 101, false],
    ["a lower total", bill(100), 99, false],
    ["nothing to pay, where it is so", bill(0), 0, true],
    ["nothing to pay, where it is not so", bill(1), 0, false],
  ] as const)("%s", ([, priced, expectedMinor, isExpected], { expect }) => {
    expect(isAsExpected(priced, expectedMinor)).toBe(isExpected);
  });
});

describe("a rule that an order was to use", () => {
  it.for([
    ["is gone, and the total is another", bill(90, { uses: ["A", "B"] }), bill(100, { uses: ["B"] }), true],
    ["is there after all", bill(90, { uses: ["A"] }), bill(90, { uses: ["A"] }), false],
    ["is there, and something else changed the total", bill(90, { uses: ["A"] }), bill(95, { uses: ["A"] }), false],
    ["is gone, and another takes as much off", bill(90, { uses: ["A"] }), bill(90, { uses: ["B"] }), false],
  ] as const)("%s", ([, before, now, isGone], { expect }) => {
    expect(isUsedUp(before, now)).toBe(isGone);
  });
});
