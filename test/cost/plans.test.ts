import { sql } from "drizzle-orm";
import { describe, it } from "vitest";
import { findKeyWindow } from "../../src/accounts/key-queries.ts";
import { findUserWindow } from "../../src/accounts/queries.ts";
import { findProductPage } from "../../src/catalog/bulk/queries.ts";
import { type Query, rows } from "../../src/db/client.ts";
import { findDue } from "../../src/orders/placement/expiry-queries.ts";
import { warnQueries } from "../../src/orders/placement/warning-queries.ts";
import { leaseLate } from "../../src/payments/late-queries.ts";
import { findPayment } from "../../src/payments/queries.ts";
import { findOwedRefunds } from "../../src/payments/refund-queries.ts";
import { findNextProducts } from "../../src/stock/audit/queries.ts";
import { findPendingActions } from "../../src/stock/client/pending-queries.ts";
import { findProductWindow } from "../../src/stock/storefront/queries.ts";
import { findReturns } from "../../src/orders/returns/queries.ts";
import { findTransferWindow } from "../../src/stock/transfers/queries.ts";
import { planOf, scansIn } from "../support/cost/plan.ts";

// How SQLite would run the lists whose own tests do not ask it, and what the sweep looks for. Those of orders, of the inventory, of
// movements, of the audit log, of alerts and of webhooks do.
const SIZE = 21;

/** A list, its query, and the windows of it that other steps walk through: a few rows that an index found. */
const QUERIES: [string, Query<unknown>, string[]?][] = [
  ["products, by words", findProductWindow('words : "rice"*', 5, SIZE), ["SCAN f"]],
  ["products, for an export", findProductPage(5, SIZE), ["SCAN v", "SCAN c"]],
  ["products, for the audit", findNextProducts(5, SIZE)],
  ["users", findUserWindow({}, undefined, SIZE)],
  ["users, a later page", findUserWindow({}, [1, "u"], SIZE)],
  ["users, by e-mail", findUserWindow({ email: "asha@example.com" }, undefined, SIZE)],
  ["keys", findKeyWindow(undefined, SIZE)],
  ["keys, a later page", findKeyWindow([1, "k"], SIZE)],
  ["transfers", findTransferWindow(undefined, SIZE)],
  ["transfers, a later page", findTransferWindow([1, "TRF1"], SIZE)],
  ["returns", findReturns({ status: undefined, after: undefined }, SIZE), ["SCAN returns"]],
  ["returns that wait, a later page", findReturns({ status: "requested", after: [1, "RET1"] }, SIZE), ["SCAN returns"]],
  ["orders that are due", findDue(1, SIZE)],
  ...warnQueries({ leadMs: 2, limit: SIZE, decimals: 2 }, 1).map((query): [string, Query<unknown>] => [
    "orders that expire soon",
    query,
  ]),
  ["orders that were paid late", leaseLate(1, 2, SIZE)],
  ["a payment, by its reference", findPayment("stripe", "pi_1")],
  ["refunds that are owed to Stripe", findOwedRefunds({ nowMs: 1, limit: SIZE })],
  ["refunds of one order that are owed to Stripe", findOwedRefunds({ orderId: "ORD1" })],
  ["what is owed to the objects", findPendingActions(SIZE)],
  ["what is owed for one order", findPendingActions(SIZE, "ORD1")],
];

describe("the list of", () => {
  it.for(QUERIES)("%s goes along an index and sorts no table", async ([name, query, windows = []], { expect }) => {
    const plan = await planOf(query);

    const isFew = name.includes("one order") || name.includes("by e-mail");
    expect(plan.length).toBeGreaterThan(0);
    // One user has an e-mail and one order owes a few actions: to sort those costs nothing.
    expect(scansIn(plan).filter((step) => !(isFew && step.includes("TEMP B-TREE")))).toEqual(windows);
  });

  it("everything would be found to be read where there is no index", async ({ expect }) => {
    expect(scansIn(await planOf(rows(sql`SELECT * FROM orders WHERE notes = 'x' ORDER BY total_minor`)))).toHaveLength(2);
  });
});
