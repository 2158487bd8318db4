import { beforeAll, describe, it } from "vitest";
import { askInventory as ask } from "../../support/stock/movements.ts";
import { inStock } from "../../support/orders/http.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

const MOVEMENTS = 120_000;
const HOUR_MS = 3_600_000;

describe("the CSV of one product's movements", () => {
  it("from a time on is complete, however many movements there were before", async ({ expect }) => {
    const productId = await inStock({});
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MOVEMENTS})
       INSERT INTO stock_movements (product_id, seq, kind, variant_id, warehouse_id, delta_on_hand, on_hand_after, reference_type,
         reference_id, actor, at_ms)
       SELECT ?, i, 'receive', 'v', 'BLR', 1, i, 'adjustment', 'ADJ', 'admin', i * ${HOUR_MS} FROM n`,
      productId,
    );

    const from = new Date((MOVEMENTS - 10) * HOUR_MS).toISOString();
    const text = await (await ask(`products/${productId}/movements`, { from }, "text/csv")).text();

    expect(text.trimEnd().split("\r\n")).toHaveLength(1 + 11);
  });
});
