import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { countRecentSales } from "../../../src/orders/lifecycle/count-sales.ts";
import { countSales } from "../../../src/orders/lifecycle/sales-queries.ts";
import { planOf, scansIn } from "../../support/cost/plan.ts";
import { atD1, FAULTS, faultyWorker, outcome } from "../../support/faults.ts";
import { post } from "../../support/http/requests.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { back } from "../../support/orders/returns.ts";
import { bodyOf, inStock, lineOf, ORDERS, placed } from "../../support/orders/http.ts";
import { bundle } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

async function soldOf(productId: string): Promise<number | null> {
  return env.DB.prepare("SELECT units_sold FROM products WHERE product_id = ?").bind(productId).first<number>("units_sold");
}

async function completed(productId: string, quantity: number): Promise<string> {
  const { order_id: orderId } = await placed(bodyOf([lineOf(productId, quantity)]));
  await move(orderId, "PROCESSING");
  await move(orderId, "COMPLETED");
  return orderId;
}

describe("the units that a product sold", () => {
  it("are those of completed orders, once each, of a bundle too", async ({ expect }) => {
    const rice = await inStock(20);
    const { productId: set } = await bundle([{ productId: rice, quantity: 2 }]);
    await completed(rice, 3);
    await completed(set, 2);
    await placed(bodyOf([lineOf(rice, 4)]));

    await Promise.all([countRecentSales(faultyWorker().deps), countRecentSales(faultyWorker().deps)]);
    await countRecentSales(faultyWorker().deps);

    expect([await soldOf(rice), await soldOf(set)]).toEqual([3, 2]);
  });

  it("lose those of an order that came back, and have none of what was cancelled", async ({ expect }) => {
    const rice = await inStock(20);
    const orderId = await completed(rice, 3);
    const { order_id: partly } = await placed(bodyOf([lineOf(rice, 5)]));
    await post(`${ORDERS}/${partly}/cancel`, { items: [{ line_no: 1, quantity: 4 }] }, { admin: true });
    await move(partly, "PROCESSING");
    await move(partly, "COMPLETED");
    await countRecentSales(faultyWorker().deps);
    expect(await soldOf(rice)).toBe(4);

    const returned = await post(`${ORDERS}/${orderId}/returns`, { items: [back(rice, 3)], reason: "Broken" }, { admin: true });
    expect(returned.status).toBe(200);
    await countRecentSales(faultyWorker().deps);

    expect(await soldOf(rice)).toBe(1);
  });

  it("are counted once whatever becomes of the call", async ({ expect }) => {
    for (const fault of FAULTS) {
      const rice = await inStock(5);
      await completed(rice, 2);
      const worker = faultyWorker((call) => (atD1("count sales")(call) ? fault : "none"));
      await outcome(
        worker,
        countRecentSales(worker.deps).catch(() => undefined),
      );
      await countRecentSales(faultyWorker().deps);
      await worker.deliverLate();

      expect([fault, await soldOf(rice)]).toEqual([fault, 2]);
    }
  });

  it("are found along an index", async ({ expect }) => {
    for (const query of countSales(10)) {
      const plan = await planOf(query);
      expect(plan.some((step) => step.includes("orders_to_count"))).toBe(true);
      expect(scansIn(plan).filter((step) => !step.includes("sold") && !step.includes("GROUP BY"))).toEqual([]);
    }
  });
});
