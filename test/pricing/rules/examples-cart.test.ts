import { it } from "vitest";
import { amount, type Example, percent, priceExample } from "../../support/pricing/examples.ts";

/** The amounts were computed by hand: each says how. Every line costs 100.00 where nothing is said. */
const EXAMPLES: Example[] = [
  {
    // 10 % of 100.00 and of 50.05 = 5.005 → 5.01, each line rounded by itself.
    says: "21. the cart, percent: of every line",
    lines: [{}, { unitPriceMinor: 5_005 }],
    rules: [percent(1_000, { ruleId: "cart" })],
    off: [{ cart: 1_000 }, { cart: 501 }],
  },
  {
    // 10.00 over 100.00, 100.00, 100.00: 3.33⅓ each; one paisa is left, and the first of equal remainders gets it.
    says: "22. the cart, absolute: shared exactly, of equal remainders the first line gets the rest",
    lines: [{}, {}, {}],
    rules: [amount(1_000, { ruleId: "cart" })],
    off: [{ cart: 334 }, { cart: 333 }, { cart: 333 }],
  },
  {
    // 0.10 over 60.00, 30.00 and 15.00 of 105.00: 5.714…, 2.857… and 1.428… paise. 5 + 2 + 1 = 8, and the two that are left go to the
    // largest remainders, .857 and .714.
    says: "23. the cart, absolute: in proportion, the rest by the largest remainders",
    lines: [{ unitPriceMinor: 6_000 }, { unitPriceMinor: 3_000 }, { unitPriceMinor: 1_500 }],
    rules: [amount(10, { ruleId: "cart" })],
    off: [{ cart: 6 }, { cart: 3 }, { cart: 1 }],
  },
  {
    // Halves of 60.00 for each of two lines of 100.00; the first has 90.00 off already, so it takes 10.00 and the other 50.00.
    says: "24. the cart, absolute: what a line has no room for goes to the others",
    lines: [{ productId: "low" }, {}],
    rules: [
      percent(9_000, { ruleId: "most", type: "bulk_quantity", minQuantity: 1, productId: "low", priority: 1 }),
      amount(6_000, { ruleId: "cart" }),
    ],
    off: [{ most: 9_000, cart: 1_000 }, { cart: 5_000 }],
  },
  {
    // 100.00 + 399.99 = 499.99 < 500.00.
    says: "25. a subtotal that lacks one paisa",
    lines: [{}, { unitPriceMinor: 39_999 }],
    rules: [amount(5_000, { ruleId: "big", minSubtotalMinor: 50_000 })],
    off: [{}, {}],
    refused: { big: "subtotal_too_small" },
  },
  {
    // 100.00 + 400.00, before the discounts of others: 80 % of each would leave 100.00.
    says: "26. the subtotal is of all lines, also others', before discounts",
    lines: [{ productId: "tea" }, { unitPriceMinor: 40_000 }],
    rules: [
      percent(8_000, { ruleId: "sale", priority: 1 }),
      amount(500, { ruleId: "tea", minSubtotalMinor: 50_000, productId: "tea" }),
    ],
    off: [{ sale: 8_000, tea: 500 }, { sale: 32_000 }],
  },
  {
    // 10 % and 20 % of 100.00 each, not 20 % of the 90.00 that were left.
    says: "27. each discount is of the whole price, not of what is left",
    lines: [{}],
    rules: [percent(1_000, { ruleId: "a" }), percent(2_000, { ruleId: "b" })],
    off: [{ a: 1_000, b: 2_000 }],
  },
  {
    // 70 % + 40 % = 110 %: of the second 30.00 are left; the third finds nothing.
    says: "28. together never more than the line: the later gets what is left",
    lines: [{}],
    rules: [
      percent(4_000, { ruleId: "second" }),
      percent(7_000, { ruleId: "first", priority: 1 }),
      amount(1, { ruleId: "third", priority: 101 }),
    ],
    off: [{ first: 7_000, second: 3_000 }],
    refused: { third: "not_combinable" },
  },
  {
    // a (priority 5) before b and c (priority 10); of the two, b by its id. b is not stackable: c gets nothing.
    says: "29. lower priority first, ties by id, and one that is not stackable is the last",
    lines: [{}],
    rules: [
      percent(300, { ruleId: "c", priority: 10 }),
      percent(200, { ruleId: "b", priority: 10, stackable: false }),
      percent(100, { ruleId: "a", priority: 5 }),
    ],
    off: [{ a: 100, b: 200 }],
    refused: { c: "not_combinable" },
  },
  {
    // The first is not stackable and has nothing to do here, so it ends nothing: 5 % of 100.00.
    says: "30. a rule that is not stackable ends the list only where it applies",
    lines: [{}],
    rules: [
      percent(5_000, { ruleId: "bulk", type: "bulk_quantity", minQuantity: 2, stackable: false, priority: 1 }),
      percent(500, { ruleId: "rest" }),
    ],
    off: [{ rest: 500 }],
    refused: { bulk: "quantity_too_small" },
  },
];

it.for(EXAMPLES)("$says", (example, { expect }) => {
  const { off, refused, sums } = priceExample(example);

  expect(off).toEqual(example.off);
  expect(refused).toEqual(example.refused ?? {});
  expect(sums.every(({ beforeMinor, discountMinor, afterMinor }) => afterMinor === beforeMinor - discountMinor)).toBe(true);
});
