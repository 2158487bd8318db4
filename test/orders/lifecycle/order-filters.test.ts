import { beforeAll, describe, it } from "vitest";
import { findOrderWindow } from "../../../src/orders/search/list-queries.ts";
import type { OrderFilter } from "../../../src/orders/rules/search.ts";
import { planOf, scansIn } from "../../support/cost/plan.ts";
import { get } from "../../support/http/requests.ts";
import { all, fillStates, page } from "../../support/orders/filtered.ts";
import { ORDERS, type ProblemBody, read } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const LIMIT = 20;
/** The budget in docs/architecture.md. */
const BUDGET = 3 * LIMIT + 10;

beforeAll(fillStates, 60_000);

interface Plain {
  order_id: string;
  created_at_ms: number;
  status: string;
  payment_status: string;
  open_disputes: number;
  fulfillment_status: string | null;
  stock_short: number;
  tags: string | null;
  deleted_at_ms: number | null;
}

const hasLeft = ({ status }: Plain) => status === "COMPLETED" || status === "RETURNED";

/** What each filter means, said once more without SQL. */
const MEANINGS: Record<string, (order: Plain, value: string) => boolean> = {
  status: (order, value) => order.status === value,
  payment_status: (order, value) => (order.open_disputes > 0 ? "disputed" : order.payment_status) === value,
  fulfillment_status: (order, value) => (hasLeft(order) ? "fulfilled" : (order.fulfillment_status ?? "unfulfilled")) === value,
  stock_short: (order, value) =>
    (order.stock_short === 1 && ["PENDING", "PROCESSING"].includes(order.status)) === (value === "true"),
  tag: (order, value) => (JSON.parse(order.tags ?? "[]") as string[]).includes(value),
  warehouse_id: (order, value) => (Number(order.order_id.slice("ORDFILL".length)) % 4 === 0 ? "MUM" : "BLR") === value,
  created_from: (order, value) => order.created_at_ms >= Date.parse(value),
  created_to: (order, value) => order.created_at_ms < Date.parse(value),
};

const LATE = "1970-01-04T00:00:00Z";
const EARLY = "1970-01-02T12:00:00Z";

const QUERIES: readonly Record<string, string>[] = [
  ...["cod", "pending", "paid", "failed", "refund_due", "disputed", "refunded"].map((value) => ({ payment_status: value })),
  ...["unfulfilled", "partially_fulfilled", "fulfilled"].map((value) => ({ fulfillment_status: value })),
  { stock_short: "true" },
  { stock_short: "false", status: "PROCESSING" },
  { tag: "gift" },
  { tag: "Call me" },
  { tag: "call me" },
  { tag: "gift", warehouse_id: "BLR" },
  { tag: "gift", payment_status: "paid", fulfillment_status: "unfulfilled", status: "PENDING", warehouse_id: "MUM" },
  { payment_status: "disputed", stock_short: "false", created_from: EARLY, created_to: LATE },
  { payment_status: "failed", status: "PENDING", created_from: EARLY },
  { fulfillment_status: "partially_fulfilled", warehouse_id: "BLR", status: "PENDING" },
  { fulfillment_status: "fulfilled", status: "CANCELLED", tag: "gift", created_to: LATE },
];

describe("the filters of a list of orders", () => {
  it.for(QUERIES)("%o find exactly what a look at every order finds, newest first", async (query, { expect }) => {
    const rows = await sqlInD1<Plain>(
      "SELECT * FROM orders WHERE order_id GLOB 'ORDFILL*' AND deleted_at_ms IS NULL ORDER BY created_at_ms DESC",
    );
    const expected = rows.filter((order) => Object.entries(query).every(([name, value]) => MEANINGS[name]?.(order, value)));

    const found = await all(new URLSearchParams(query).toString());

    expect(found.ids).toEqual(expected.map(({ order_id: id }) => id));
    expect(found.mostRows).toBeLessThanOrEqual(3 * 100 + 10);
  });

  it.for([
    "payment_status=failed",
    "payment_status=refund_due",
    "payment_status=refunded",
    "payment_status=disputed",
    "fulfillment_status=partially_fulfilled",
    "stock_short=true",
    "tag=Call%20me",
    "tag=nobody",
    "payment_status=disputed&tag=gift&warehouse_id=MUM",
  ])("have all that %s finds, which few orders are, on their first page", async (query, { expect }) => {
    const { body, cost } = await page(query);

    expect(body.next_cursor).toBeNull();
    expect(cost).toMatchObject({ hops: 1 });
    expect(cost.rowsRead).toBeLessThanOrEqual(BUDGET);
  });

  it("show each order with what it was found by", async ({ expect }) => {
    for (const [name, value] of [
      ["payment_status", "disputed"],
      ["payment_status", "paid"],
      ["fulfillment_status", "partially_fulfilled"],
      ["fulfillment_status", "fulfilled"],
    ] as const) {
      const { body } = await page(`${name}=${value}`);

      expect(body.orders.length).toBeGreaterThan(0);
      expect(body.orders.map((order) => order[name])).toEqual(body.orders.map(() => value));
    }
  });

  it.for([
    ["payment_status=unpaid", "payment_status"],
    ["fulfillment_status=open", "fulfillment_status"],
    ["stock_short=yes", "stock_short"],
    ["tag=", "tag"],
    [`tag=${"x".repeat(41)}`, "tag"],
  ] as const)("refuse %s: 422", async ([query, field], { expect }) => {
    const { status, body } = await read<ProblemBody>(await get(`${ORDERS}?${query}`, { admin: true }));

    expect([status, body.errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });
});

const FILTERS: [string, OrderFilter][] = [
  ["a payment status", { includeDeleted: false, paymentStatus: "refund_due" }],
  ["disputes", { includeDeleted: false, paymentStatus: "disputed" }],
  ["what has partly left", { includeDeleted: false, fulfillmentStatus: "partially_fulfilled" }],
  ["what is short", { includeDeleted: false, isShort: true }],
  ["a tag", { includeDeleted: false, tag: "gift" }],
  ["a tag, a status and a warehouse", { includeDeleted: false, tag: "gift", status: "PENDING", warehouseId: "BLR" }],
];

describe("the list of orders", () => {
  it.for(FILTERS)("by %s goes by its index, first page and later ones, and sorts nothing", async ([, filter], { expect }) => {
    for (const shown of [filter, { ...filter, fromMs: 1, beforeMs: 2 }, { ...filter, after: [600_000, "ORDFILL5"] as const }]) {
      const plan = await planOf(findOrderWindow(shown, LIMIT + 1));

      expect(plan.length).toBeGreaterThan(1);
      expect(scansIn(plan)).toEqual([]);
      expect(plan.join("\n")).not.toContain("orders_created");
    }
  });
});
