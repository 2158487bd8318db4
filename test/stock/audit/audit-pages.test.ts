import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import { auditStock } from "../../../src/stock/audit/audit-stock.ts";
import { audit, projectedProduct } from "../../support/stock/audits.ts";
import { atD1, faultyWorker } from "../../support/faults.ts";
import { placed } from "../../support/orders/http.ts";
import { stocked } from "../../support/orders/orders.ts";
import { bundle, demoWarehouses, flush, product } from "../../support/shop/shop.ts";
import { sqlIn } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);
beforeEach(() => env.DB.exec("DELETE FROM products"));
afterEach(() => vi.restoreAllMocks());

describe("the audit reports no difference", () => {
  it("for stock that is not flushed yet, or orders in progress", async ({ expect }) => {
    const productId = await stocked(5);
    const fresh = await audit();
    await flush(productId);
    await placed({ customer_name: "Asha", payment_method: "card", item: productId, quantity: 1 });
    await placed({ customer_name: "Asha", item: productId, quantity: 1 });
    const ordered = await audit();
    await env.STOCK.getByName(productId).resend();
    const resending = await audit();

    for (const { body } of [fresh, ordered, resending]) expect(body).toMatchObject({ checked: 1, differences: [], repaired: [] });
  });

  it("while orders are placed concurrently", async ({ expect }) => {
    const productId = await stocked(50);
    await flush(productId);

    const orders = Array.from({ length: 20 }, () => placed({ customer_name: "Asha", item: productId, quantity: 1 }));
    const audits = await Promise.all(Array.from({ length: 5 }, () => audit()));
    await Promise.all(orders);

    expect(audits.flatMap(({ body }) => body.differences)).toEqual([]);
  });

  it("for writes of an order and a flush between reading the object and reading D1", async ({ expect }) => {
    const productId = await projectedProduct();
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (!atD1("read projection")(call)) return;
        await placed({ customer_name: "Asha", item: productId, quantity: 1 });
        await flush(productId);
      },
    );

    const page = await auditStock(worker.deps, { afterRow: 0, limit: 50, repair: true });

    expect(page).toMatchObject({ checked: 1, differences: [], repaired: [], unanswered: [] });
  });

  it("for bundles and for products that were never stocked", async ({ expect }) => {
    await bundle([await product()]);

    const { body } = await audit();

    expect(body).toMatchObject({ checked: 1, differences: [], next_cursor: null });
  });
});

describe("a wrong ledger", () => {
  it("is reported and not changed", async ({ expect }) => {
    const productId = await projectedProduct();
    await sqlIn(productId, "UPDATE levels SET on_hand = 9 WHERE warehouse_id = 'BLR'");
    const log = vi.spyOn(console, "log").mockReturnValue();

    const { body } = await audit();

    const ledger = body.differences.filter(({ where }) => where === "ledger");
    expect(ledger).toEqual([
      {
        product_id: productId,
        where: "ledger",
        what: "on_hand",
        variant_id: productId,
        warehouse_id: "BLR",
        expected: 5,
        found: 9,
      },
    ]);
    expect(log.mock.calls.flat().some((line) => String(line).includes('"event":"ledger_differs"'))).toBe(true);
    expect(await sqlIn(productId, "SELECT on_hand FROM levels WHERE warehouse_id = 'BLR'")).toEqual([{ on_hand: 9 }]);
  });
});

describe("the audit of many products", () => {
  it("pages through all of them, each once, with its progress", async ({ expect }) => {
    const productIds = [await projectedProduct(), await projectedProduct(), await projectedProduct()];
    await bundle([{ productId: String(productIds[0]) }]);
    await env.DB.exec("DELETE FROM stock_levels");

    const pages = [(await audit({ limit: 2 })).body];
    for (let cursor = pages[0]?.next_cursor; cursor; cursor = pages.at(-1)?.next_cursor) {
      pages.push((await audit({ limit: 2, cursor })).body);
    }

    expect(pages.map(({ checked }) => checked)).toEqual([2, 1]);
    expect(pages.map(({ progress }) => progress)).toEqual([
      { done: 2, total: 4 },
      { done: 4, total: 4 },
    ]);
    expect(pages.flatMap(({ repaired }) => repaired)).toEqual(productIds);
  });

  it("continues if an object does not answer, and names its product", async ({ expect }) => {
    const [silent, wrong] = [await projectedProduct(), await projectedProduct()];
    await env.DB.exec("DELETE FROM stock_levels");
    const real = Reflect.get(StockCounter.prototype, "report");
    vi.spyOn(StockCounter.prototype, "report").mockImplementation(function refuse(this: StockCounter) {
      return this.ctx.id.name === silent ? Promise.reject(new Error("fault: silent")) : real.call(this);
    });

    const { status, body } = await audit();

    expect([status, body]).toMatchObject([200, { checked: 1, unanswered: [silent], repaired: [wrong] }]);
  });
});

describe("an audit request", () => {
  it.for([
    ["limit", { limit: 0 }],
    ["limit", { limit: 51 }],
    ["cursor", { cursor: "x" }],
    ["repair", { repair: "yes" }],
  ] as const)("with a bad %s is 422", async ([field, body], { expect }) => {
    const answer = await audit(body);

    expect([answer.status, answer.body.code, answer.body.errors?.map((error) => error.field)]).toEqual([
      422,
      "validation_failed",
      [field],
    ]);
  });

  it("is only for admins", async ({ expect }) => {
    expect((await audit({}, {})).status).toBe(401);
  });
});
