import { rowCursor, toCursor } from "../../http/paging.ts";
import { createRouter } from "../../http/router.ts";
import * as contract from "./contract.ts";
import { type AuditedPage, auditStock } from "./audit-stock.ts";

export const stockAuditRoutes = createRouter().openapi(contract.auditStock, async (c) => {
  const { cursor, limit, repair } = c.req.valid("json");
  const page = await auditStock(c.var.deps, { afterRow: rowCursor(cursor), limit, repair });
  return c.json(toAuditJson(page), 200);
});

function toAuditJson({ differences, lastRow, isLast, total, ...page }: AuditedPage) {
  return {
    ...page,
    differences: differences.map(({ productId, where, what, variantId, warehouseId, expected, found }) => ({
      product_id: productId,
      where,
      what,
      variant_id: variantId,
      warehouse_id: warehouseId,
      expected,
      found,
    })),
    next_cursor: isLast ? null : toCursor(lastRow),
    progress: { done: lastRow, total },
  };
}
