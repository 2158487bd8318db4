import fc from "fast-check";
import { describe, it } from "vitest";
import type { LineToPrice, PricedLine, PricingFacts, PricingRule } from "../../../src/pricing/rules/pricing-rule.ts";
import { lineTotal, priceLines } from "../../../src/pricing/rules/quote.ts";
import { factsOf, lineOf, ruleOf } from "../../support/pricing/pricing.ts";
import { factsArbitrary, linesArbitrary } from "../../support/pricing/arbitraries.ts";

const RUNS = { numRuns: 400 };

/** Asserts a property of every price that the arbitraries can make. */
function always(property: (lines: LineToPrice[], facts: PricingFacts, priced: ReturnType<typeof priceLines>) => void): void {
  fc.assert(
    fc.property(linesArbitrary, factsArbitrary, (lines, facts) => property(lines, facts, priceLines(lines, facts))),
    RUNS,
  );
}

function ruleNamed(facts: PricingFacts, ruleId: string): PricingRule {
  const rule = facts.rules.find((each) => each.ruleId === ruleId);
  if (!rule) throw new Error(`${ruleId} is no rule`);
  return rule;
}

/** Whether a rule is one of the whole cart: by its type, or because its conditions are the cart's. */
function isRuleOfCart({ type, promoCode, minSubtotalMinor }: PricingRule): boolean {
  return type === "cart_total" || promoCode !== null || minSubtotalMinor !== null;
}

/** Lines with their prices as snapshots, as a cart stores them. */
function withSnapshots(lines: readonly LineToPrice[], priced: readonly PricedLine[]): LineToPrice[] {
  return lines.map((line, index) => ({ ...line, snapshot: priced[index] }));
}

/** A percentage computed independently of the code: exact, half away from zero. */
function percentOf(amountMinor: number, bps: number): number {
  const [whole, rest] = [(BigInt(amountMinor) * BigInt(bps)) / 10_000n, (BigInt(amountMinor) * BigInt(bps)) % 10_000n];
  return Number(whole) + (rest * 2n >= 10_000n ? 1 : 0);
}

describe("the price of lines", () => {
  it("is the line less its discounts: whole minor units, never raised, and never below zero", ({ expect }) => {
    let discounts = 0;
    always((lines, _facts, priced) => {
      expect(priced.lines.map(({ lineNo }) => lineNo)).toEqual(lines.map(({ lineNo }) => lineNo));
      for (const [index, line] of priced.lines.entries()) {
        const amounts = line.discounts.map(({ amountMinor }) => amountMinor);
        expect(line.beforeMinor).toBe(lineTotal(lines[index] ?? lineOf()));
        expect(amounts.every((amount) => Number.isSafeInteger(amount) && amount > 0)).toBe(true);
        expect(line.discountMinor).toBe(amounts.reduce((sum, amount) => sum + amount, 0));
        expect([line.afterMinor, line.afterMinor >= 0]).toEqual([line.beforeMinor - line.discountMinor, true]);
        discounts += amounts.length;
      }
    });
    expect(discounts).toBeGreaterThan(500);
  });

  it("does not depend on the order of rules and lines", ({ expect }) => {
    always((lines, facts, priced) => {
      const turned = { ...facts, rules: facts.rules.toReversed(), uses: new Map([...facts.uses].toReversed()) };

      expect(priceLines(lines.toReversed(), turned)).toEqual(priced);
      expect(priceLines(lines, { ...facts, rules: facts.rules.toSorted((a, b) => a.discountValue - b.discountValue) })).toEqual(
        priced,
      );
    });
  });

  it("applies rules by priority and then by id, and a rule that is not stackable last", ({ expect }) => {
    let ended = 0;
    always((_lines, facts, priced) => {
      for (const { discounts, isClosed } of priced.lines) {
        const applied = discounts.map(({ ruleId }) => ruleNamed(facts, ruleId));
        const inOrder = applied.toSorted((a, b) => a.priority - b.priority || a.ruleId.localeCompare(b.ruleId));
        expect(applied.map(({ ruleId }) => ruleId)).toEqual(inOrder.map(({ ruleId }) => ruleId));
        expect(applied.slice(0, -1).every(({ stackable }) => stackable)).toBe(true);
        const last = applied.at(-1);
        expect(isClosed).toBe(last !== undefined && !last.stackable && !isRuleOfCart(last));
        if (last?.stackable === false) ended += 1;
      }
    });
    expect(ended).toBeGreaterThan(50);
  });

  it("computes each discount from the whole line, or from what is left where the rule says so, capped at what is left", ({
    expect,
  }) => {
    always((lines, facts, priced) => {
      for (const [index, line] of priced.lines.entries()) {
        const { quantity = 1 } = lines[index] ?? {};
        let leftMinor = line.beforeMinor;
        for (const { ruleId, amountMinor } of line.discounts) {
          const rule = ruleNamed(facts, ruleId);
          const { buyQuantity, getQuantity, discountValue } = rule;
          const groups = Math.floor(quantity / ((buyQuantity ?? 0) + (getQuantity ?? 0)));
          const isGroups = rule.type === "buy_x_get_y";
          const baseMinor = rule.appliesTo === "base" ? line.beforeMinor : leftMinor;
          const [free, units] = [BigInt(baseMinor) * BigInt((getQuantity ?? 0) * groups), BigInt(quantity)];
          const freeMinor = Number((2n * free + units) / (2n * units));
          const percent = percentOf(isGroups ? freeMinor : baseMinor, discountValue);
          const amount = isGroups ? discountValue * groups : discountValue;
          const whole = rule.discountType === "percent" ? percent : amount;
          if (rule.type === "cart_total" && rule.discountType === "absolute") expect(amountMinor).toBeLessThanOrEqual(whole);
          else expect(amountMinor).toBe(Math.min(whole, leftMinor));
          leftMinor -= amountMinor;
        }
      }
    });
  });

  it("does not depend on refused rules, and each rule that targets a line is either applied or refused once", ({ expect }) => {
    always((lines, facts, priced) => {
      const applied = new Set(priced.lines.flatMap(({ discounts }) => discounts.map(({ ruleId }) => ruleId)));
      const refused = priced.refused.map(({ ruleId }) => ruleId).filter((ruleId) => ruleId !== null);
      const said = new Set([...applied, ...refused]);

      expect(said.size).toBe(applied.size + refused.length);
      expect(priceLines(lines, { ...facts, rules: facts.rules.filter(({ ruleId }) => applied.has(ruleId)) }).lines).toEqual(
        priced.lines,
      );
      const codes = new Set(lines.map(({ promoCode }) => promoCode));
      for (const rule of facts.rules) {
        const isTold = rule.isActive && (rule.promoCode === null || codes.has(rule.promoCode));
        if (!isTold) expect(said.has(rule.ruleId)).toBe(false);
        const isMeant = lines.some((line) =>
          (["productId", "variantId", "category"] as const).every((each) => rule[each] === null || rule[each] === line[each]),
        );
        if (!isMeant) expect(applied.has(rule.ruleId)).toBe(false);
        if (isTold && isMeant && rule.promoCode === null) expect(said.has(rule.ruleId)).toBe(true);
      }
    });
  });
});

describe("a line with a price snapshot", () => {
  it("keeps its own discounts first, whatever rules exist now, and only cart-wide rules add to them", ({ expect }) => {
    always((lines, facts, before) => {
      fc.assert(
        fc.property(factsArbitrary, (later) => {
          const { lines: after } = priceLines(withSnapshots(lines, before.lines), later);

          for (const [index, line] of after.entries()) {
            const stands = before.lines[index]?.discounts.filter(({ isOfCart }) => !isOfCart) ?? [];
            expect(line.discounts.slice(0, stands.length)).toEqual(stands);
            expect(line.discounts.slice(stands.length).every(({ isOfCart }) => isOfCart)).toBe(true);
            expect(line.afterMinor).toBeGreaterThanOrEqual(0);
          }
        }),
        { numRuns: 3 },
      );
      expect(facts.nowMs).toBeGreaterThan(0);
    });
  });

  it("costs the same if nothing has changed", ({ expect }) => {
    always((lines, facts, priced) => {
      const again = priceLines(withSnapshots(lines, priced.lines), facts);

      const sum = (all: readonly PricedLine[]) => all.reduce((total, { discountMinor }) => total + discountMinor, 0);
      const isOfLine = (all: readonly PricedLine[]) =>
        all.map(({ discounts, isClosed }) => [discounts.filter((d) => !d.isOfCart), isClosed]);
      expect(sum(again.lines)).toBe(sum(priced.lines));
      expect(isOfLine(again.lines)).toEqual(isOfLine(priced.lines));
    });
  });
});

describe("an amount off the whole cart", () => {
  it("is shared exactly up to what is left, and in proportion if there is enough left", ({ expect }) => {
    const prices = fc.array(fc.integer({ min: 0, max: 100_000_000_000_000 }), { minLength: 1, maxLength: 9 });
    const minor = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1_000_000_000_000 }));
    fc.assert(
      fc.property(prices, minor, fc.integer({ min: 0, max: 10_000 }), (unitPrices, amount, bps) => {
        const lines = unitPrices.map((unitPriceMinor, lineNo) =>
          lineOf({ lineNo, unitPriceMinor, productId: lineNo % 2 ? "odd" : "even" }),
        );
        const first = ruleOf({ ruleId: "first", type: "bulk_quantity", productId: "odd", discountValue: bps, priority: 1 });
        const cart = ruleOf({ ruleId: "cart", discountType: "absolute", discountValue: amount });

        const priced = priceLines(lines, factsOf([cart, first])).lines;

        const taken = (ruleId: string) =>
          priced.map((line) => line.discounts.find((each) => each.ruleId === ruleId)?.amountMinor ?? 0);
        const [before, shares] = [taken("first"), taken("cart")];
        const room = unitPrices.map((price, at) => price - (before[at] ?? 0));
        const [sum, free, whole] = [shares, room, unitPrices].map((all) => all.reduce((total, each) => total + BigInt(each), 0n));
        expect(sum).toBe(free !== undefined && free < BigInt(amount) ? free : BigInt(amount));
        // A total of zero has no proportions.
        const hasProportions = (whole ?? 0n) > 0n;
        const isFree =
          hasProportions &&
          room.every((each, at) => BigInt(each) * (whole ?? 0n) >= BigInt(unitPrices[at] ?? 0) * BigInt(amount));
        for (const [at, share] of shares.entries()) {
          const off = BigInt(share) * (whole ?? 0n) - BigInt(amount) * BigInt(unitPrices[at] ?? 0);
          if (isFree) expect(off < (whole ?? 0n) && -off < (whole ?? 0n)).toBe(true);
        }
      }),
      { ...RUNS, examples: [[[0], 1, 0]] },
    );
  });
});
