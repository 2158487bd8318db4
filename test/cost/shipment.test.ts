import { beforeAll, describe, it } from "vitest";
import { post } from "../support/http/requests.ts";
import { costOf } from "../support/cost/cost.ts";
import { bodyOf, inStock, lineOf, ORDERS, placed } from "../support/orders/http.ts";
import { openShop } from "../support/shop/warehouses.ts";

beforeAll(openShop);

/** Rows that a shipment writes besides those of its lines: the order and its indexes, the event, the parcel, the pending action, the audit. */
const FIXED_ROWS = 14;
/** Its item, and the allocation that it leaves. */
const ROWS_PER_LINE = 2;

async function orderOf(lines: number): Promise<string> {
  const products = await Promise.all(Array.from({ length: lines }, () => inStock({ BLR: 3 })));
  return (await placed(bodyOf(products.map((productId) => lineOf(productId, 2))))).order_id;
}

describe("a shipment", () => {
  it.for([1, 3, 12])("of %s lines from one warehouse takes 2 hops, and rows by its lines alone", async (lines, { expect }) => {
    const orderId = await orderOf(lines);

    const response = await post(`${ORDERS}/${orderId}/shipments`, { warehouse_id: "BLR" }, { admin: true });

    const { hops, rowsWritten } = costOf(response);
    expect([response.status, hops]).toEqual([201, 2]);
    expect(rowsWritten).toBeLessThanOrEqual(FIXED_ROWS + ROWS_PER_LINE * lines);
  });

  it.for([1, 12])("is cancelled in part in 2 hops: one unit of each of %s lines", async (lines, { expect }) => {
    const orderId = await orderOf(lines);
    const items = Array.from({ length: lines }, (_, index) => ({ line_no: index + 1, quantity: 1 }));

    const response = await post(`${ORDERS}/${orderId}/cancel`, { items }, { admin: true });

    expect([response.status, costOf(response).hops]).toEqual([200, 2]);
  });
});
