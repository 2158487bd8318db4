import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { fillOrders } from "../../support/cost/order-rows.ts";
import { get, patch } from "../../support/http/requests.ts";
import { all, fillStates, MANY, page } from "../../support/orders/filtered.ts";
import { soldOrder } from "../../support/orders/lifecycle.ts";
import { ORDERS, type ProblemBody, read } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(fillStates, 60_000);

describe("tags", () => {
  const tagged = async (tag: string) => (await all(`tag=${encodeURIComponent(tag)}`)).ids;

  it("find an order from its edit on, and no more once they are replaced, whichever release writes them", async ({ expect }) => {
    const { orderId } = await soldOrder();
    const edit = (tags: string[]) => patch(`${ORDERS}/${orderId}`, { tags }, { admin: true });

    await edit(["VIP", 'quo"te % * 山']);
    expect([await tagged("VIP"), await tagged('quo"te % * 山')]).toEqual([[orderId], [orderId]]);
    await edit(["VIP", "later"]);
    expect([await tagged("VIP"), await tagged('quo"te % * 山'), await tagged("later")]).toEqual([[orderId], [], [orderId]]);
    await sqlInD1("UPDATE orders SET tags = ? WHERE order_id = ?", '["by 0.3.0","by 0.3.0"]', orderId);
    expect([await tagged("VIP"), await tagged("by 0.3.0")]).toEqual([[], [orderId]]);
    await edit([]);
    expect(await tagged("by 0.3.0")).toEqual([]);
    expect(await sqlInD1("SELECT * FROM order_tags WHERE order_id = ?", orderId)).toEqual([]);
  });

  it("are for staff: a customer's list by one is refused", async ({ expect }) => {
    const { token } = await userOf();

    const answers = await Promise.all(
      ["gift", "nobody"].map(async (tag) => read<ProblemBody>(await get(`${ORDERS}?tag=${tag}`, { token }))),
    );

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [403, "forbidden"],
      [403, "forbidden"],
    ]);
  });

  it("of older orders are listed by the migration", async ({ expect }) => {
    const { MIGRATIONS } = env as unknown as { MIGRATIONS: D1Migration[] };
    const { queries = [] } = MIGRATIONS.find(({ name }) => name.endsWith("_order_filters.sql")) ?? {};
    const filling = queries.find((query) => /^(--.*\n)*INSERT/.test(query.trim())) ?? "";
    const kept = await sqlInD1("SELECT * FROM order_tags ORDER BY tag, created_at_ms, order_id");
    await sqlInD1("DELETE FROM order_tags");

    await sqlInD1(filling);

    expect(kept.length).toBeGreaterThan(MANY / 5);
    expect(await sqlInD1("SELECT * FROM order_tags ORDER BY tag, created_at_ms, order_id")).toEqual(kept);
  });
});

describe("pages of filtered orders", () => {
  it("neither skip nor repeat an order while others arrive", async ({ expect }) => {
    const before = (await all("tag=gift&payment_status=paid")).ids;
    const seen: string[] = [];
    for (let cursor = "", at = 0; ; at += 1) {
      const { body } = await page(`tag=gift&payment_status=paid${cursor}`, 50);
      seen.push(...body.orders.map(({ order_id: id }) => id));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
      await fillOrders(MANY + at, MANY + at + 1);
      await sqlInD1("UPDATE orders SET tags = '[\"gift\"]', payment_status = 'paid' WHERE order_id = ?", `ORDFILL${MANY + at}`);
    }

    expect(seen).toEqual(before);
  });
});
