import { beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { find, findAll, index, writeOrders } from "../../support/orders/found.ts";
import { createRandom } from "../../support/random.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const MANY = 12_000;
const LIMIT = 20;
/** The budget in docs/architecture.md. */
const BUDGET = 3 * LIMIT + 20;
/** An order that is not indexed is compared by its row, its lines and its entry in an index. */
const ROWS_PER_COMPARED = 4;
const MAX_COMPARED = 100;

const id = (n: number) => `ORD${String(n).padStart(26, "0")}`;

const FIRST = ["Asha", "Ravi", "Meera", "Wei", "Zoë", "Omar"];
const LAST = ["Rao", "Iyer", "Lin", "Müller", "Khan"];

// Number n was placed in second n. Every 10th is CANCELLED, every 600th is of one customer, and 5 in all have the SKU RARE.
beforeAll(async () => {
  const random = createRandom(1);
  for (let from = 0; from < MANY; from += 2_000) {
    await writeOrders(
      Array.from({ length: 2_000 }, (_, at) => {
        const n = from + at;
        const name = `${random.pick(FIRST)} ${random.pick(LAST)}`;
        return {
          id: id(n),
          atMs: n * 1_000,
          name,
          email: `${name.toLowerCase().replace(/[^a-z]/g, "")}${random.below(500)}@${random.pick(["gmail.com", "example.com"])}`,
          phone: `+9198${String(random.below(1e8)).padStart(8, "0")}`,
          skus: [n % 2_500 === 0 ? "RARE-1" : `SKU-${n % 40}`],
          userId: n % 600 === 0 ? "u-1" : null,
          status: n % 10 === 0 ? "CANCELLED" : "PENDING",
        };
      }),
    );
  }
  await index(MANY / 1_000);
}, 120_000);

describe(`a search among ${MANY} indexed orders`, () => {
  it.for([
    "asha",
    "gmail.com",
    "zoe muller",
    "rare",
    "nobody",
    "98",
    "9812",
    "ord0000",
    "a",
    "a b c d e",
    "gmail.com example.com",
    "sku-1",
    "xx yy zz",
  ])("for '%s' takes 2 hops, and 3 rows for each item and 20", async (q, { expect }) => {
    const { body, cost } = await find(q);
    const next = body.next_cursor === null ? undefined : await find(q, `&cursor=${body.next_cursor}`);

    expect(cost.hops).toBeLessThanOrEqual(2);
    expect(cost.rowsRead).toBeLessThanOrEqual(BUDGET);
    expect(next?.cost.rowsRead ?? 0).toBeLessThanOrEqual(BUDGET);
  });

  it.for(["rare", "0007700", "nobody", "zoe 12345678"])("for '%s', which few orders are, is one page", async (q, { expect }) => {
    expect((await findAll(q)).pages).toBe(1);
  });

  it("for the last six digits of a phone has its order on the first page", async ({ expect }) => {
    for (const n of [17, 6_001, 11_000]) {
      const [order] = await sqlInD1<{ customer_phone: string }>("SELECT customer_phone FROM orders WHERE order_id = ?", id(n));
      const { body } = await find(order?.customer_phone.slice(-6) ?? "");

      expect(body.orders.map(({ order_id: orderId }) => orderId)).toContain(id(n));
    }
  });

  it("with a filter goes by whichever has fewer orders", async ({ expect }) => {
    await sqlInD1("UPDATE orders SET open_disputes = 1 WHERE order_id IN (?, ?)", id(70), id(9_000));
    const common = await findAll("com", "&payment_status=disputed");
    const rare = await findAll("rare", "&status=PENDING");

    expect([common.ids, common.pages]).toEqual([[id(9_000), id(70)], 1]);
    expect([rare.ids, rare.pages]).toEqual([[], 1]);
    // The way by the filter reads the lines of its orders, too.
    expect(rare.mostRows).toBeLessThanOrEqual(2 * BUDGET);
  });

  it("of a customer is one of the customer's own orders alone", async ({ expect }) => {
    const { userId, token } = await userOf();
    await sqlInD1("UPDATE orders SET user_id = ? WHERE user_id = 'u-1'", userId);

    const own = await findAll("@", "&limit=5", { token });
    const [mine, nobodys] = [await findAll("com", "&limit=5", { token }), await findAll("rare nobody", "&limit=5", { token })];

    expect(own.ids).toEqual([]);
    expect(mine.ids).toEqual(Array.from({ length: MANY / 600 }, (_, at) => id(MANY - 600 * (at + 1))));
    expect([nobodys.ids, nobodys.pages]).toEqual([[], mine.pages]);
  });

  it("neither skips nor repeats an order while others arrive and are indexed", async ({ expect }) => {
    const before = (await findAll("asha rao", "&limit=100")).ids;
    const seen: string[] = [];
    for (let cursor = "", n = MANY; ; n += 1) {
      const { body } = await find("asha rao", `&limit=60${cursor}`);
      seen.push(...body.orders.map(({ order_id: orderId }) => orderId));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
      await writeOrders([{ id: id(n), atMs: n * 1_000, name: "Asha Rao" }]);
      if (n % 2 === 0) await index();
    }

    expect(before.length).toBeGreaterThan(300);
    expect(seen).toEqual(before);
  });
});

describe("a search among orders that are not indexed", () => {
  it("compares a limited number for a page, and says that there are more", async ({ expect }) => {
    await sqlInD1("DELETE FROM order_texts");

    const { body, cost } = await find("nobody at all");
    const found = await findAll("rare");

    expect([body.orders, body.next_cursor]).toEqual([[], expect.any(String)]);
    expect(cost.rowsRead).toBeLessThanOrEqual(ROWS_PER_COMPARED * (MAX_COMPARED + 1) + 10);
    expect(found.ids).toEqual([id(10_000), id(7_500), id(5_000), id(2_500), id(0)]);
  });

  it("finds the orders of a whole e-mail address by their own index", async ({ expect }) => {
    await index();
    await sqlInD1("UPDATE orders SET customer_email = 'unique@example.org' WHERE order_id IN (?, ?)", id(3), id(11_990));

    const { ids, pages } = await findAll("Unique@example.org");

    expect([ids, pages]).toEqual([[id(11_990), id(3)], 1]);
  });
});
