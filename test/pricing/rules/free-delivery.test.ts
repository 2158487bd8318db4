import fc from "fast-check";
import { describe, it } from "vitest";
import { billFor, type BillTerms } from "../../../src/pricing/rules/bill.ts";
import type { LineToPrice, PricingFacts, PricingRule } from "../../../src/pricing/rules/pricing-rule.ts";
import { priceLines } from "../../../src/pricing/rules/quote.ts";
import { factsArbitrary, linesArbitrary } from "../../support/pricing/arbitraries.ts";
import { factsOf, lineOf, NOON, ruleOf } from "../../support/pricing/pricing.ts";

const COST = 4_900;

function termsOf(rules: readonly PricingRule[], more: Partial<BillTerms> = {}): BillTerms {
  return { ...factsOf(rules), taxes: [], country: "IN", taxIncluded: true, deliveryCostMinor: COST, ...more };
}

/** A rule that only makes delivery free. */
function freeRule(more: Partial<PricingRule> = {}): PricingRule {
  return ruleOf({ ruleId: "FREE", name: "Free delivery", discountValue: 0, freeDelivery: true, ...more });
}

describe("a rule that makes delivery free", () => {
  it.for([
    ["from a subtotal on", { minSubtotalMinor: 50_000 }, lineOf({ unitPriceMinor: 50_000 }), 0],
    ["not below it", { minSubtotalMinor: 50_000 }, lineOf({ unitPriceMinor: 49_999 }), COST],
    ["with its code", { promoCode: "SHIPFREE" }, lineOf({ promoCode: "SHIPFREE" }), 0],
    ["not without it", { promoCode: "SHIPFREE" }, lineOf({ promoCode: null }), COST],
    ["for a tier", { userTier: "gold" }, lineOf({ tier: "gold" }), 0],
    ["not for another", { userTier: "gold" }, lineOf({ tier: null }), COST],
    ["with a product", { productId: "p0" }, lineOf(), 0],
    ["not with another", { productId: "p9" }, lineOf(), COST],
    ["in its time", { startAtMs: NOON }, lineOf(), 0],
    ["not after it", { endAtMs: NOON }, lineOf(), COST],
    ["not where it is not active", { isActive: false }, lineOf(), COST],
    ["not where it is used up", { usageLimit: 0 }, lineOf(), COST],
    ["with a full group", { type: "buy_x_get_y", buyQuantity: 2, getQuantity: 1 }, lineOf({ quantity: 3 }), 0],
    ["not with less", { type: "buy_x_get_y", buyQuantity: 2, getQuantity: 1 }, lineOf({ quantity: 2 }), COST],
  ] as const)("does so %s", ([, rule, line, expected], { expect }) => {
    const bill = billFor([line], termsOf([freeRule(rule)]));

    expect(bill?.totals).toMatchObject({ discountMinor: 0, deliveryCostMinor: expected });
    expect(bill?.totals.totalMinor).toBe((bill?.totals.subtotalMinor ?? 0) + expected);
  });

  it("does so whatever other rules took off the lines, stackable or not, and keeps none of them from doing so", ({ expect }) => {
    const first = ruleOf({ ruleId: "ALL", discountValue: 10_000, stackable: false, priority: 1 });
    const ten = ruleOf({ ruleId: "TEN", priority: 3 });

    const after = billFor([lineOf()], termsOf([first, freeRule({ priority: 2 })]));
    const before = billFor([lineOf()], termsOf([freeRule({ priority: 2, stackable: false }), ten]));

    expect(after?.totals).toMatchObject({ discountMinor: 10_000, deliveryCostMinor: 0, totalMinor: 0 });
    expect(before?.totals).toMatchObject({ discountMinor: 1_000, deliveryCostMinor: 0 });
  });

  it("is judged anew for a line whose price is fixed", ({ expect }) => {
    const snapshot = { discounts: [], isClosed: true };

    const now = billFor([lineOf({ snapshot })], termsOf([freeRule({ type: "bulk_quantity", minQuantity: 1 })]));
    const ended = billFor([{ ...lineOf(), snapshot: now?.lines[0] }], termsOf([]));

    expect([now?.totals.deliveryCostMinor, ended?.totals.deliveryCostMinor]).toEqual([0, COST]);
  });

  it("leaves no tax of delivery, included or added", ({ expect }) => {
    const taxed = { taxes: [{ country: "IN", category: "", rateBps: 1_800 }], taxDelivery: true };

    const bills = [true, false].map((taxIncluded) =>
      billFor([lineOf({ unitPriceMinor: 0 })], termsOf([freeRule()], { ...taxed, taxIncluded })),
    );

    expect(bills.map((bill) => [bill?.totals.taxMinor, bill?.totals.totalMinor])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

describe("a use of a limited rule that makes delivery free", () => {
  const limited = freeRule({ usageLimit: 9, promoCode: "SHIPFREE" });
  const line = lineOf({ promoCode: "SHIPFREE" });
  const usesOf = (rules: PricingRule[], more: Partial<BillTerms> = {}) =>
    billFor([line], termsOf(rules, more))?.uses.map(({ ruleId }) => ruleId);

  it("is counted where delivery would cost something", ({ expect }) => {
    expect(usesOf([limited])).toEqual(["FREE"]);
  });

  it("is not where it would cost nothing anyway, and then the code takes nothing off", ({ expect }) => {
    expect(usesOf([limited], { deliveryCostMinor: 0 })).toEqual([]);
    const codes = [COST, 0].map((deliveryCostMinor) => billFor([line], termsOf([limited], { deliveryCostMinor }))?.unusedCodes);
    expect(codes).toEqual([[], ["SHIPFREE"]]);
  });

  it("is not where another rule without a limit makes it free, or one that is used anyway", ({ expect }) => {
    const open = freeRule({ ruleId: "OPEN", priority: 999 });
    const used = freeRule({ ruleId: "USED", priority: 999, discountValue: 100, usageLimit: 9 });

    expect([usesOf([limited, open]), usesOf([limited, used])]).toEqual([[], ["USED"]]);
  });

  it("is one, of the first rule, where several could", ({ expect }) => {
    expect(usesOf([limited, freeRule({ ruleId: "LATER", priority: 999, usageLimit: 9 })])).toEqual(["FREE"]);
  });
});

/** Rules of which some make delivery free, and of those some discount nothing. */
const someFree: fc.Arbitrary<PricingFacts> = fc
  .tuple(factsArbitrary, fc.array(fc.constantFrom("no", "free", "only"), { minLength: 12, maxLength: 12 }))
  .map(([facts, kinds]) => ({
    ...facts,
    rules: facts.rules.map((rule, index) => ({
      ...rule,
      freeDelivery: kinds[index] !== "no",
      discountValue: kinds[index] === "only" ? 0 : rule.discountValue,
    })),
  }));

describe("free delivery, for any rules and lines", () => {
  function always(property: (lines: LineToPrice[], facts: PricingFacts) => void): void {
    fc.assert(fc.property(linesArbitrary, someFree, property), { numRuns: 400 });
  }

  it("takes nothing off lines, and changes a bill by the cost of delivery or not at all", ({ expect }) => {
    let free = 0;
    always((lines, facts) => {
      const dear = facts.rules.map((rule) => ({ ...rule, freeDelivery: false }));
      const terms = { ...termsOf(facts.rules), ...facts };

      const [bill, full] = [billFor(lines, terms), billFor(lines, { ...terms, rules: dear })];

      if (!bill || !full) return expect(bill).toBe(full);
      const saved = full.totals.totalMinor - bill.totals.totalMinor;
      expect(saved).toBe(bill.isDeliveryFree ? COST : 0);
      expect(bill.totals.discountMinor).toBe(full.totals.discountMinor);
      if (bill.isDeliveryFree) free += 1;
    });
    expect(free).toBeGreaterThan(50);
  });

  it("is neither refused nor used where it has no effect, and its use is one more than those of the discounts at most", ({
    expect,
  }) => {
    always((lines, facts) => {
      const terms = { ...termsOf(facts.rules), ...facts };
      const [bill, noCost] = [billFor(lines, terms), billFor(lines, { ...terms, deliveryCostMinor: 0 })];
      const { lines: priced, refused } = priceLines(lines, facts);
      const marks = new Set(
        priced.flatMap(({ discounts }) => discounts.filter((each) => each.isFreeDelivery)).map((each) => each.ruleId),
      );

      expect(refused.filter(({ ruleId }) => ruleId !== null && marks.has(ruleId))).toEqual([]);
      const more = (bill?.uses.length ?? 0) - (noCost?.uses.length ?? 0);
      expect([0, 1]).toContain(more);
      if (more === 1) expect(marks.has(bill?.uses.at(-1)?.ruleId ?? "")).toBe(true);
    });
  });

  it("does not depend on the order of rules and lines, nor on snapshots of the lines", ({ expect }) => {
    always((lines, facts) => {
      const terms = { ...termsOf(facts.rules), ...facts };
      const isFree = billFor(lines, terms)?.isDeliveryFree;
      const turned = { ...terms, rules: facts.rules.toReversed() };
      const priced = priceLines(lines, facts).lines;
      const fixed = lines.map((line, index) => ({ ...line, snapshot: priced[index] }));

      expect(billFor(lines.toReversed(), turned)?.isDeliveryFree).toBe(isFree);
      expect(billFor(fixed, terms)?.isDeliveryFree).toBe(isFree);
    });
  });
});
