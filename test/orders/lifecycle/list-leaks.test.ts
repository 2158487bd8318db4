import { beforeAll, describe, it } from "vitest";
import { type TestUser, userOf } from "../../support/accounts/accounts.ts";
import { costOf } from "../../support/cost/cost.ts";
import { get } from "../../support/http/requests.ts";
import { ORDERS, read } from "../../support/orders/http.ts";
import { fillOrders } from "../../support/cost/order-rows.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const MANY = 2_000;
const LIMIT = 4;
/** The budget in docs/architecture.md. */
const BUDGET = 3 * LIMIT + 10;
const OTHERS_ID = `ORDFILL${"0".repeat(15)}77777`;

interface Page {
  orders: { order_id: string }[];
  next_cursor: string | null;
}

// Every 200th of the filled orders is Asha's, supplied by BLR, PENDING and of c@example.com; other customers' orders have these values too.
const OWN = Array.from({ length: MANY / 200 }, (_, at) => MANY - 199 - 200 * at).map((n) => `ORDFILL${n}`);
let asha: TestUser;

beforeAll(async () => {
  await fillOrders(0, MANY);
  asha = await userOf();
  await sqlInD1("UPDATE orders SET user_id = ? WHERE user_id = 'u-1'", asha.userId);
  await sqlInD1("UPDATE orders SET order_id = ? WHERE order_id = 'ORDFILL1777'", OTHERS_ID);
  await sqlInD1("UPDATE orders SET customer_email = 'ravi@example.com' WHERE customer_phone = '+911'");
}, 60_000);

/** Every page of a list, as a customer. */
async function pagesOf(user: TestUser, query: string) {
  const pages: { orders: string[]; next: string | null; rowsRead: number }[] = [];
  for (let cursor = ""; ;) {
    const response = await get(`${ORDERS}?limit=${LIMIT}&${query}${cursor}`, { token: user.token });
    const { status, body } = await read<Page>(response);
    if (status !== 200) throw new Error(JSON.stringify(body));
    const { orders, next_cursor: next } = body;
    pages.push({ orders: orders.map(({ order_id: id }) => id), next, rowsRead: costOf(response).rowsRead });
    if (next === null) return pages;
    cursor = `&cursor=${next}`;
  }
}

/** The order that a cursor names. */
function namedBy(cursor: string): unknown {
  const [, orderId] = JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/"))) as [number, string];
  return orderId;
}

const OTHERS = [
  ["q", "ravi@example.com", "nobody@example.com"],
  ["q", "%2B911", "%2B912"],
  ["q", OTHERS_ID, OTHERS_ID.replaceAll("7", "8")],
  ["customer_email", "ravi@example.com", "nobody@example.com"],
  ["warehouse_id", "MUM", "NONE"],
  ["status", "CANCELLED", "RETURNED"],
] as const;

describe("a customer's list of orders", () => {
  it.for(OTHERS)(
    "by %s=%s of other customers' orders has no item, and no cursor of theirs",
    async ([name, theirs], { expect }) => {
      const pages = await pagesOf(asha, `${name}=${theirs}`);

      const cursors = pages.flatMap(({ next }) => next ?? []);
      expect(pages.flatMap(({ orders }) => orders)).toEqual([]);
      expect(OWN).toEqual(expect.arrayContaining(cursors.map(namedBy)));
      expect(pages.length).toBe(Math.ceil(OWN.length / LIMIT));
    },
  );

  it.for(OTHERS)("by %s=%s says the same as by what nobody has: %s", async ([name, theirs, nobodys], { expect }) => {
    const [of, without] = [await pagesOf(asha, `${name}=${theirs}`), await pagesOf(asha, `${name}=${nobodys}`)];

    const visible = (pages: typeof of) => pages.map(({ orders, next }) => ({ orders, next }));
    expect(visible(of)).toEqual(visible(without));
  });

  it.for(OTHERS)("by %s=%s has nothing at all for who ordered nothing, after a page", async ([name, theirs], { expect }) => {
    const pages = await pagesOf(await userOf(), `${name}=${theirs}`);

    expect(pages).toMatchObject([{ orders: [], next: null }]);
  });

  it.for(["", "status=PENDING", "warehouse_id=BLR", "customer_email=c@example.com", "q=c@example.com"])(
    "by '%s', which others' orders match too, pages exactly the customer's own",
    async (query, { expect }) => {
      const pages = await pagesOf(asha, query);

      expect(pages.flatMap(({ orders }) => orders)).toEqual(OWN);
      expect(pages.map(({ orders }) => orders.length)).toEqual([4, 4, 2]);
    },
  );

  it("finds the customer's own order by its id", async ({ expect }) => {
    const ownId = `ORDFILL${"0".repeat(15)}00001`;
    await sqlInD1("UPDATE orders SET order_id = ? WHERE order_id = 'ORDFILL1'", ownId);

    const pages = await pagesOf(asha, `q=${ownId.toLowerCase()}`);
    await sqlInD1("UPDATE orders SET order_id = 'ORDFILL1' WHERE order_id = ?", ownId);

    expect(pages.flatMap(({ orders }) => orders)).toEqual([ownId]);
  });

  it.for(["", ...OTHERS.map(([name, theirs]) => `${name}=${theirs}`), "warehouse_id=BLR&status=PENDING&q=c@example.com"])(
    "of %s reads at most 3 rows an item and 10",
    async (query, { expect }) => {
      const pages = await pagesOf(asha, query);

      for (const { rowsRead } of pages) expect(rowsRead).toBeLessThanOrEqual(BUDGET);
    },
  );
});
