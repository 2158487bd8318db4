import { beforeEach, describe, it } from "vitest";
import { type Level, withAllocated } from "../../src/stock/rules/levels.ts";
import { MAX_VALUE_MINOR } from "../../src/stock/projection/summary-statements.ts";
import { goBack, migrate, oldBundle, oldFlush, oldOrder, oldProduct } from "../support/release-0-1.ts";
import { newId } from "../support/shop/shop.ts";
import { adjustment, evict, FLUSH_MS, advanceTime, runAlarm, sqlInD1, stockOf, stopTime } from "../support/stock/stock.ts";
import { keptSummary, recomputedSummary } from "../support/stock/summary.ts";

beforeEach(async () => {
  stopTime();
  await goBack();
});

function receive(productId: string, units: number, warehouseId = "BLR") {
  return stockOf(productId).adjust(adjustment("receive", units, { variantId: productId, warehouseId }));
}

function issue(productId: string, units: number) {
  return stockOf(productId).adjust(adjustment("issue", units, { variantId: productId }));
}

async function newFlush(productId: string): Promise<void> {
  advanceTime(FLUSH_MS);
  await stockOf(productId).refresh();
  await evict(productId);
  await runAlarm(productId);
}

/** What lists show of products, without its time. */
async function listed(): Promise<Record<string, unknown>[]> {
  const rows = await sqlInD1<{ as_of_ms: number; levels: string }>("SELECT * FROM product_stock ORDER BY product_id");
  return rows.map(({ as_of_ms: _at, levels, ...row }) => ({ ...row, levels: withAllocated(JSON.parse(levels) as Level[]) }));
}

describe("orders of release 0.1.0 after the migrations", () => {
  it("are due when they wait for payment, and never when they are cash on delivery, which was delivered long ago", async ({
    expect,
  }) => {
    await oldOrder("card", {});
    await oldOrder("cod", { payment: "cod" });
    await oldOrder("gone", { status: "CANCELLED" });

    await migrate();

    expect(await sqlInD1("SELECT order_id, due_at_ms FROM orders ORDER BY order_id")).toEqual([
      { order_id: "card", due_at_ms: 6 + 60 * 3_600_000 },
      { order_id: "cod", due_at_ms: null },
      { order_id: "gone", due_at_ms: null },
    ]);
  });

  it("have their e-mail address in lower case, as searches need it", async ({ expect }) => {
    await oldOrder("a", { email: "Ann@Example.com" });
    await oldOrder("b", { email: "bob@example.com" });
    await oldOrder("c", {});

    await migrate();

    expect(await sqlInD1("SELECT customer_email AS email FROM orders ORDER BY order_id")).toEqual([
      { email: "ann@example.com" },
      { email: "bob@example.com" },
      { email: null },
    ]);
  });

  it("are found by each of their warehouses, and have the first event of their history", async ({ expect }) => {
    await oldOrder("a", { payment: "cod" });
    for (const [lineNo, warehouseId] of ["BLR", "MUM", "BLR"].entries()) {
      await sqlInD1("INSERT INTO order_allocations VALUES ('a', ?, 'v', ?, 'p', 1)", lineNo, warehouseId);
    }

    await migrate();

    expect(await sqlInD1("SELECT warehouse_id, created_at_ms, order_id FROM order_warehouses")).toEqual([
      { warehouse_id: "BLR", created_at_ms: 5, order_id: "a" },
      { warehouse_id: "MUM", created_at_ms: 5, order_id: "a" },
    ]);
    expect(await sqlInD1("SELECT order_id, event_no, what, to_status, at_ms FROM order_events")).toEqual([
      { order_id: "a", event_no: 1, what: "placed", to_status: "PENDING", at_ms: 5 },
    ]);
  });
});

describe("products of release 0.1.0 after the migrations", () => {
  it("have the SKU of their first variant, and figures and sums that the next flush does not change", async ({ expect }) => {
    const [rice, oil, set, unseen] = [newId("rice"), newId("oil"), newId("set"), newId("unseen")];
    await oldProduct(rice, { category: "Rice", minStockLevel: 20 });
    await sqlInD1("INSERT INTO variants VALUES (?, ?, 1, ?, NULL, 'active')", `${rice}-2`, rice, `SKU-${rice}-2`);
    await oldProduct(oil, { category: "Oil", status: "archived" });
    await oldProduct(unseen, { minStockLevel: 2 });
    await oldBundle(set, rice, 4);
    await receive(rice, 9);
    await receive(rice, 3, "MUM");
    await receive(oil, 2);
    for (const productId of [rice, oil]) await oldFlush(productId);

    await migrate();

    const [migrated, summary] = [await listed(), await keptSummary()];
    expect(await sqlInD1("SELECT sku FROM products WHERE product_id = ?", rice)).toEqual([{ sku: `SKU-${rice}` }]);
    expect(summary).toEqual(await recomputedSummary());
    for (const productId of [rice, oil, unseen]) await newFlush(productId);
    expect(migrated.map((row) => row.product_id)).toEqual([rice, oil, set, unseen].toSorted());
    expect(await listed()).toEqual(migrated);
    expect(await keptSummary()).toEqual(summary);
  });

  it("have a value of at most the cap that a flush uses", async ({ expect }) => {
    const gold = newId("gold");
    await oldProduct(gold);
    await sqlInD1("UPDATE products SET price_minor = 1000000000000, cost_minor = 1000000000000");
    await receive(gold, 1_000_000);
    await oldFlush(gold);

    await migrate();

    const worth = { stock_value_minor: MAX_VALUE_MINOR, retail_value_minor: MAX_VALUE_MINOR };
    expect(await listed()).toMatchObject([worth]);
    await oldFlush(gold);
    expect(await listed()).toMatchObject([worth]);
  });
});

describe("flushes of release 0.1.0 between the migrations and the new release", () => {
  it("leave figures that the next flush does not change, and correct sums after each", async ({ expect }) => {
    const [rice, ...sets] = [newId("rice"), newId("set"), newId("set"), newId("set")] as const;
    await oldProduct(rice, { category: "Rice", minStockLevel: 5 });
    for (const [index, set] of sets.entries()) await oldBundle(set, rice, index + 1);
    await receive(rice, 9);
    await receive(rice, 3, "MUM");
    await oldFlush(rice);
    await migrate();

    for (const units of [1, 6, 0, 2]) {
      if (units > 0) await issue(rice, units);
      await oldFlush(rice);
      expect(await keptSummary(), `${units} less`).toEqual(await recomputedSummary());
    }

    const [old, summary] = [await listed(), await keptSummary()];
    expect(old.map(({ available }) => Number(available)).toSorted((a, b) => a - b)).toEqual([1, 1, 3, 3]);
    await newFlush(rice);
    expect(await listed()).toEqual(old);
    expect(await keptSummary()).toEqual(summary);
  });

  it("count a product once that the old release created meanwhile, that sold out, or that is archived without stock", async ({
    expect,
  }) => {
    const [fresh, archived] = [newId("fresh"), newId("archived")];
    await migrate();
    await oldProduct(fresh, { category: "Rice" });
    await oldProduct(archived, { status: "archived" });
    await receive(fresh, 2);
    await oldFlush(fresh);
    await issue(fresh, 2);

    for (const productId of [fresh, fresh, archived, archived]) await oldFlush(productId);

    expect(await keptSummary()).toEqual(await recomputedSummary());
    for (const productId of [fresh, archived, archived]) await newFlush(productId);
    const summary = await keptSummary();
    expect(summary).toEqual(await recomputedSummary());
    expect(summary.find(({ scope }) => scope === "shop")).toMatchObject({ products: 2, active_products: 1, units: 0 });
  });
});
