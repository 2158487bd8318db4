import type { AppContext } from "../../http/context.ts";
import { readCursor, rowKeySchema, toCursor } from "../../http/paging.ts";
import { idSchema } from "../../http/validate.ts";
import { createRouter } from "../../http/router.ts";
import { listInventory, listLowStock } from "./list-inventory.ts";
import * as contract from "./contract.ts";
import { toLowStockJson, toStockedJson, toSummaryJson } from "./json.ts";
import { isByRow, accessPathFor } from "../rules/inventory.ts";
import { showSummary } from "./show-summary.ts";

/** The inventory as staff see it: products with their stock, low stock, and the summary. */
export const inventoryRoutes = createRouter()
  .openapi(contract.listInventory, async (c) => {
    const { limit, cursor, stock_status: stockStatus, warehouse_id: warehouseId, ...words } = c.req.valid("query");
    const search = { ...words, stockStatus, warehouseId };
    const after = readCursor(cursor, isByRow(accessPathFor(search)) ? rowKeySchema : idSchema);
    const { products, next, asOfMs } = await listInventory(c.var.deps, { ...search, after, limit });
    return c.json(
      {
        products: products.map((product) => toStockedJson(product, c.var.deps.config)),
        next_cursor: next === null ? null : toCursor(next),
        as_of: new Date(asOfMs).toISOString(),
      },
      200,
    );
  })
  .openapi(contract.listLowStock, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const { items, count, next, asOfMs } = await listLowStock(c.var.deps, {
      after: readCursor(cursor, contract.lowKeySchema),
      limit,
    });
    return c.json(
      {
        low_stock_products: items.map(toLowStockJson),
        count,
        next_cursor: next === null ? null : toCursor(next),
        as_of: new Date(asOfMs).toISOString(),
      },
      200,
    );
  })
  .openapi(contract.showSummary, async (c) => c.json(await summaryOf(c), 200))
  .openapi(contract.showSummaryAsNamed, async (c) => c.json(await summaryOf(c), 200));

async function summaryOf(c: AppContext) {
  return toSummaryJson(await showSummary(c.var.deps), c.var.deps.config);
}
