/**
 * The test files that take longest, each more than five seconds alone, the longest first. They begin first, so that no core waits for
 * the last of them; `npm run check:quick` leaves them out.
 * @type {readonly string[]}
 */
export const LONG_TESTS = [
  "test/stock/object/property.test.ts",
  "test/carts/faults.test.ts",
  "test/orders/lifecycle/lifecycle-faults.test.ts",
  "test/orders/checkout/checkout-faults.test.ts",
  "test/payments/payment-faults.test.ts",
  "test/orders/limits/limits-faults.test.ts",
  "test/repository/two-releases-load.test.ts",
  "test/repository/upgrade-from-previous.test.ts",
  "test/repository/upgrade.test.ts",
  "test/repository/two-releases.test.ts",
  "test/stock/transfers/transfer-faults.test.ts",
  "test/carts/claim-faults.test.ts",
  "test/orders/placement/race.test.ts",
  "test/sim/runs.test.ts",
  "test/hostile/fuzz-shopping.test.ts",
  "test/hostile/fuzz-stock.test.ts",
  "test/http/rights.test.ts",
  "test/orders/checkout/checkout-race.test.ts",
  "test/cost/cost.test.ts",
  "test/repository/bundle.test.ts",
  "test/stock/transfers/receipt-faults.test.ts",
];
