import fc from "fast-check";
import { describe, it } from "vitest";
import { billFor, type BillTerms } from "../../../src/pricing/rules/bill.ts";
import { MAX_SUM_MINOR } from "../../../src/rules/money.ts";
import { factsOf, lineOf, ruleOf } from "../../support/pricing/pricing.ts";

const TAXES = [
  { country: "IN", category: "", rateBps: 1_800 },
  { country: "IN", category: "food", rateBps: 500 },
];

function termsOf(more: Partial<BillTerms> = {}): BillTerms {
  return { ...factsOf(more.rules ?? []), taxes: TAXES, country: "IN", taxIncluded: true, deliveryCostMinor: 0, ...more };
}

describe("a bill", () => {
  it("computes included tax per line after discounts, without changing the total", ({ expect }) => {
    const lines = [
      lineOf({ lineNo: 1, category: "food", unitPriceMinor: 15_000, quantity: 2 }),
      lineOf({ lineNo: 2, unitPriceMinor: 9_999 }),
    ];

    const bill = billFor(lines, termsOf({ rules: [ruleOf()], deliveryCostMinor: 4_900 }));

    // 10 % off: 300.00 becomes 270.00, 99.99 becomes 89.99 (10.00 off, from 9.999).
    // In them: 270.00 × 5 / 105 = 12.857…, 89.99 × 18 / 118 = 13.727…
    expect(bill?.lines).toMatchObject([
      { beforeMinor: 30_000, discountMinor: 3_000, afterMinor: 27_000, taxBps: 500, taxMinor: 1_286 },
      { beforeMinor: 9_999, discountMinor: 1_000, afterMinor: 8_999, taxBps: 1_800, taxMinor: 1_373 },
    ]);
    expect(bill?.totals).toEqual({
      subtotalMinor: 39_999,
      discountMinor: 4_000,
      taxMinor: 2_659,
      taxIncluded: true,
      deliveryCostMinor: 4_900,
      totalMinor: 40_899,
    });
  });

  it("adds tax that prices do not include, and none on delivery", ({ expect }) => {
    const bill = billFor([lineOf({ unitPriceMinor: 10_003 })], termsOf({ taxIncluded: false, deliveryCostMinor: 4_900 }));

    // 100.03 × 18 % = 18.0054
    expect(bill?.totals).toMatchObject({ subtotalMinor: 10_003, taxMinor: 1_801, taxIncluded: false, totalMinor: 16_704 });
  });

  it.for([
    // 0.50 × 5 % = 0.025, half away from zero 0.03; each of two lines by itself, not their sum, which would be 0.05.
    ["rounds the tax per line", { country: "IN" }, 6],
    ["has no tax if the destination has no rate", { country: "FR" }, 0],
  ] as const)("%s", ([, more, taxMinor], { expect }) => {
    const lines = [1, 2].map((lineNo) => lineOf({ lineNo, category: "food", unitPriceMinor: 50 }));

    expect(billFor(lines, termsOf({ ...more, taxIncluded: false }))?.totals).toMatchObject({
      taxMinor,
      totalMinor: 100 + taxMinor,
    });
  });

  it("keeps other fields of a line, and the order of the lines", ({ expect }) => {
    const lines = [3, 1, 2].map((lineNo) => ({ ...lineOf({ lineNo }), sku: `SKU-${lineNo}` }));

    expect(billFor(lines, termsOf())?.lines.map(({ lineNo, sku }) => [lineNo, sku])).toEqual([
      [3, "SKU-3"],
      [1, "SKU-1"],
      [2, "SKU-2"],
    ]);
  });

  it("lists each unused promo code once, and none that gave a discount on any line", ({ expect }) => {
    const rules = [
      ruleOf({ ruleId: "R1", promoCode: "WORKS", productId: "p1" }),
      ruleOf({ ruleId: "R2", promoCode: "WORKS", productId: "p2", minQuantity: 9 }),
      ruleOf({ ruleId: "R3", promoCode: "LATER", startAtMs: Number.MAX_SAFE_INTEGER }),
    ];
    const lines = ["WORKS", "WORKS", "LATER", "LATER", "UNKNOWN", null].map((promoCode, lineNo) =>
      lineOf({ lineNo: lineNo + 1, promoCode }),
    );

    expect(billFor(lines, termsOf({ rules }))?.unusedCodes).toEqual(["LATER", "UNKNOWN"]);
  });

  it("does not judge the code of a line with a price snapshot", ({ expect }) => {
    const line = lineOf({ promoCode: "GONE", snapshot: { discounts: [], isClosed: false } });

    expect(billFor([line], termsOf())?.unusedCodes).toEqual([]);
  });

  it("is refused if a sum would not be exact, before or after tax", ({ expect }) => {
    const largest = lineOf({ unitPriceMinor: MAX_SUM_MINOR });

    expect(billFor([largest], termsOf())?.totals.totalMinor).toBe(MAX_SUM_MINOR);
    expect(billFor([largest], termsOf({ deliveryCostMinor: 1 }))).toBeUndefined();
    expect(billFor([largest], termsOf({ taxIncluded: false }))).toBeUndefined();
  });

  it("adds up for any lines, rules and taxes", ({ expect }) => {
    const amount = fc.integer({ min: 0, max: 1_000_000_000 });
    const line = fc.record({
      unitPriceMinor: amount,
      quantity: fc.integer({ min: 1, max: 10_000 }),
      category: fc.constantFrom(null, "food", "toys"),
      promoCode: fc.constantFrom(null, "A", "B"),
    });
    const rule = fc.record({
      discountType: fc.constantFrom("percent" as const, "absolute" as const),
      discountValue: fc.integer({ min: 1, max: 10_000 }),
      type: fc.constantFrom("cart_total" as const, "promo_code_percentage" as const),
      stackable: fc.boolean(),
      promoCode: fc.constantFrom(null, "A", "B"),
    });
    const terms = fc.record({
      taxIncluded: fc.boolean(),
      deliveryCostMinor: amount,
      taxes: fc.array(
        fc.record({
          country: fc.constant("IN"),
          category: fc.constantFrom("", "food"),
          rateBps: fc.integer({ min: 0, max: 10_000 }),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.array(rule, { maxLength: 6 }), terms, (requested, drawnRules, more) => {
        const lines = requested.map((each, lineNo) => lineOf({ lineNo, ...each }));
        const rules = drawnRules.map((each, index) => ruleOf({ ruleId: `R${index}`, ...each }));

        const bill = billFor(lines, termsOf({ rules, ...more }));

        const { totals, lines: billed = [] } = bill ?? {};
        const sum = (of: (each: (typeof billed)[number]) => number) => billed.reduce((total, each) => total + of(each), 0);
        expect(totals).toEqual({
          subtotalMinor: requested.reduce((total, each) => total + each.unitPriceMinor * each.quantity, 0),
          discountMinor: sum((each) => each.discounts.reduce((off, { amountMinor }) => off + amountMinor, 0)),
          taxMinor: sum((each) => each.taxMinor),
          taxIncluded: more.taxIncluded,
          deliveryCostMinor: more.deliveryCostMinor,
          totalMinor: sum((each) => each.afterMinor + (more.taxIncluded ? 0 : each.taxMinor)) + more.deliveryCostMinor,
        });
        expect(Object.values(totals ?? {}).every((value) => typeof value === "boolean" || Number.isSafeInteger(value))).toBe(
          true,
        );
        for (const each of billed) expect(each.taxMinor).toBeLessThanOrEqual(each.afterMinor);
      }),
    );
  });
});

describe("a bill in a currency of which Stripe takes no last decimal", () => {
  it("has discounts and added taxes that Stripe can charge, for any rules, and shares of whole steps", ({ expect }) => {
    const line = fc.record({
      unitPriceMinor: fc.nat(100_000).map((price) => price * 10),
      quantity: fc.integer({ min: 1, max: 20 }),
    });
    const rule = fc.record({
      discountType: fc.constantFrom("percent" as const, "absolute" as const),
      discountValue: fc.integer({ min: 1, max: 10_000 }),
      type: fc.constantFrom("cart_total" as const, "bulk_quantity" as const, "buy_x_get_y" as const),
    });
    let discounted = 0;
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 9 }),
        fc.array(rule, { maxLength: 5 }),
        fc.record({
          taxIncluded: fc.boolean(),
          taxes: fc.nat(3_000).map((rateBps) => [{ country: "IN", category: "", rateBps }]),
        }),
        (requested, drawnRules, more) => {
          const lines = requested.map((each, lineNo) => lineOf({ lineNo, ...each }));
          const bought = { buyQuantity: 2, getQuantity: 1 };
          const rules = drawnRules.map((each, index) => ruleOf({ ruleId: `R${index}`, ...bought, ...each }));

          const bill = billFor(lines, termsOf({ rules, ...more, stepMinor: 10 }));

          expect(bill?.totals.totalMinor).toSatisfy((total: number) => total % 10 === 0);
          for (const each of bill?.lines ?? []) expect(each.afterMinor % 10).toBe(0);
          discounted += bill?.totals.discountMinor ?? 0;
        },
      ),
    );
    expect(discounted).toBeGreaterThan(0);
  });

  it("may take off all of a price that is no multiple", ({ expect }) => {
    const rules = [ruleOf({ discountType: "absolute", discountValue: 2_000 })];

    expect(billFor([lineOf({ unitPriceMinor: 1_005 })], termsOf({ rules, stepMinor: 10 }))?.totals.totalMinor).toBe(0);
  });
});
