import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { findOrderWindow } from "../../../src/orders/search/list-queries.ts";
import type { ExactMatch, OrderFilter } from "../../../src/orders/rules/search.ts";
import { costOf } from "../../support/cost/cost.ts";
import { type AskOptions, get } from "../../support/http/requests.ts";
import { ORDERS, type ProblemBody, read } from "../../support/orders/http.ts";
import { fillOrders } from "../../support/cost/order-rows.ts";
import { planOf, scansIn } from "../../support/cost/plan.ts";

const ADMIN = { admin: true } as const;
const MANY = 10_000;
const LIMIT = 20;
/** The budget in docs/architecture.md. */
const BUDGET = 3 * LIMIT + 10;

// Of the filled orders: number n was placed at minute n; every 10th is CANCELLED, the others PENDING; every 4th is supplied by MUM,
// the others by BLR; every 100th is of the customer c@example.com; every 50th is hidden.
beforeAll(() => fillOrders(0, MANY), 60_000);

interface Page {
  orders: { order_id: string; status: string; customer_email: string | null; created_at: string; deleted_at: string | null }[];
  next_cursor: string | null;
}

async function list(query: string, options: AskOptions = ADMIN) {
  const response = await get(`${ORDERS}?limit=${LIMIT}&${query}`, options);
  return { ...(await read<Page>(response)), cost: costOf(response) };
}

/** All orders of a list, page by page. */
async function all(query: string): Promise<Page["orders"]> {
  const found: Page["orders"] = [];
  for (let cursor = ""; ;) {
    const response = await get(`${ORDERS}?limit=100&${query}${cursor}`, ADMIN);
    const { orders, next_cursor: next } = await response.json<Page>();
    found.push(...orders);
    if (next === null) return found;
    cursor = `&cursor=${next}`;
  }
}

const number = ({ order_id: orderId }: { order_id: string }) => Number(orderId.slice("ORDFILL".length));
const minute = (n: number) => new Date(n * 60_000).toISOString();

describe("GET /api/v1/orders", () => {
  it("lists the newest first, without hidden ones", async ({ expect }) => {
    const { status, body } = await list("");

    expect(status).toBe(200);
    expect(body.orders.map(number)).toEqual(Array.from({ length: LIMIT }, (_, at) => MANY - 1 - at));
    expect(body.next_cursor).not.toBeNull();
  });

  it("has every order on exactly one page", async ({ expect }) => {
    const found = await all(`created_from=${minute(9_000)}`);

    expect(found.map(number)).toEqual(Array.from({ length: 1_000 }, (_, at) => MANY - 1 - at).filter((n) => n % 50 !== 0));
  });

  it.for([
    ["status=CANCELLED", (n: number) => n % 10 === 0],
    ["warehouse_id=MUM", (n: number) => n % 4 === 0],
    ["customer_email=C@Example.com", (n: number) => n % 100 === 1],
    ["q=c@example.com", (n: number) => n % 100 === 1],
    ["q=%2B911", (n: number) => n % 100 === 2],
    ["status=PENDING&warehouse_id=MUM&customer_email=c@example.com", () => false],
    ["status=CANCELLED&warehouse_id=MUM", (n: number) => n % 20 === 0],
  ] as const)("with %s has exactly the matching orders", async ([query, fits], { expect }) => {
    const found = await all(`${query}&created_from=${minute(8_000)}&created_to=${minute(9_000)}`);

    const expected = Array.from({ length: 1_000 }, (_, at) => 8_999 - at).filter((n) => n % 50 !== 0 && fits(n));
    expect(found.map(number)).toEqual(expected);
  });

  it("finds an order by its id in any case, and by no other one", async ({ expect }) => {
    const id = `ORDFILL${"0".repeat(15)}77777`;
    await env.DB.prepare("UPDATE orders SET order_id = ? WHERE order_id = 'ORDFILL7777'").bind(id).run();

    const [found, lower, none] = [
      await list(`q=${id}`),
      await list(`q=${id.toLowerCase()}`),
      await list(`q=${id.slice(0, -1)}8`),
    ];

    expect([found, lower].map(({ body }) => body.orders.map(({ order_id: one }) => one))).toEqual([[id], [id]]);
    expect(none.body).toEqual({ orders: [], next_cursor: null });
  });

  it("shows hidden orders to an admin who asks for them", async ({ expect }) => {
    const found = await all(`include_deleted=true&created_from=${minute(9_900)}`);

    expect(found).toHaveLength(100);
    expect(found.filter(({ deleted_at: deleted }) => deleted !== null).map(number)).toEqual([9_950, 9_900]);
  });

  it.for([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["cursor=x", "cursor"],
    ["cursor=WzEsMl0", "cursor"],
    ["status=LOST", "status"],
    ["created_from=yesterday", "created_from"],
    ["customer_email=nobody", "customer_email"],
    ["include_deleted=maybe", "include_deleted"],
    [`q=${"x".repeat(255)}`, "q"],
  ] as const)("refuses %s: 422", async ([query, field], { expect }) => {
    const { status, body } = await read<ProblemBody>(await get(`${ORDERS}?${query}`, ADMIN));

    expect([status, body.errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });

  it("is not open to guests", async ({ expect }) => {
    expect((await get(ORDERS)).status).toBe(401);
  });
});

const FILTERS: [string, OrderFilter, ExactMatch?][] = [
  ["nothing", { includeDeleted: false }],
  ["a status", { includeDeleted: false, status: "CANCELLED" }],
  ["a warehouse", { includeDeleted: false, warehouseId: "MUM" }],
  ["an e-mail address", { includeDeleted: false, email: "c@example.com" }],
  ["a searched e-mail address", { includeDeleted: false }, { column: "customer_email", text: "c@example.com" }],
  ["an id", { includeDeleted: false }, { column: "order_id", text: "ORDFILL1" }],
  ["an account", { includeDeleted: false, userId: "u-1" }],
  ["an account, a status and a warehouse", { includeDeleted: false, userId: "u-1", status: "PENDING", warehouseId: "BLR" }],
];

describe("the list of orders", () => {
  it.for(FILTERS)(
    "by %s goes by an index, first page and later ones, and sorts nothing",
    async ([, filter, exact], { expect }) => {
      const pages = [filter, { ...filter, fromMs: 1, beforeMs: 2 }, { ...filter, after: [600_000, "ORDFILL5"] as const }];
      for (const page of pages) {
        const plan = await planOf(findOrderWindow(page, LIMIT + 1, exact));

        expect(plan.length).toBeGreaterThan(1);
        expect(scansIn(plan)).toEqual([]);
      }
    },
  );

  it.for([
    "",
    "status=CANCELLED",
    "warehouse_id=MUM",
    "customer_email=c@example.com",
    "status=CANCELLED&warehouse_id=MUM",
    "status=RETURNED",
    `created_to=${minute(MANY / 2)}`,
    `status=PENDING&created_from=${minute(MANY / 2)}`,
  ])(`of ${MANY} orders with "%s" reads at most 3 rows an item and 10`, async (query, { expect }) => {
    const { body, cost } = await list(query);
    const next = body.next_cursor === null ? undefined : await list(`${query}&cursor=${body.next_cursor}`);

    expect(cost.hops).toBe(1);
    expect(cost.rowsRead).toBeLessThanOrEqual(BUDGET);
    expect(next?.cost.rowsRead ?? 0).toBeLessThanOrEqual(BUDGET);
  });
});
