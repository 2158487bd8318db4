import { z } from "@hono/zod-openapi";
import type { AppContext } from "../../http/context.ts";
import { answerCsv, wantsCsv } from "../../http/csv.ts";
import { readCursor, toCursor } from "../../http/paging.ts";
import { createRouter } from "../../http/router.ts";
import { boundsMs } from "../../http/times.ts";
import { idSchema } from "../../http/validate.ts";
import {
  exportMovements,
  listMovements,
  type MovementSource,
  type MovementsRequest,
  productMovements,
  shopMovements,
} from "./list-movements.ts";
import * as contract from "./movements-contract.ts";
import { MOVEMENT_COLUMNS, toMovementCells, toMovementJson } from "./movements-json.ts";
import type { ListedMovement } from "../rules/movement-list.ts";

/** Movements of units on hand, as a page or a CSV file. */
export const movementRoutes = createRouter()
  .openapi(contract.listMovements, async (c) => {
    const { limit, ...query } = c.req.valid("query");
    const request = toRequest(c, query);
    const source = shopMovements(c.var.deps, request);
    return wantsCsv(c) ? toFile(c, source, request) : c.json(await pageOf(c, source, request, limit), 200);
  })
  .openapi(contract.listProductMovements, async (c) => {
    const { limit, ...query } = c.req.valid("query");
    const request = toRequest(c, query);
    const source = productMovements(c.var.deps, c.req.valid("param").product_id);
    return wantsCsv(c) ? toFile(c, source, request) : c.json(await pageOf(c, source, request, limit), 200);
  });

/** A movement's time, product, and sequence number in the product's ledger. */
const keySchema = z.tuple([z.int().min(0), idSchema, z.int().min(0)]);

function toRequest(
  c: AppContext,
  { cursor, from, to, warehouse_id: warehouseId, ...search }: Omit<contract.MovementQuery, "limit">,
): MovementsRequest {
  const key = readCursor(cursor, keySchema);
  return {
    ...search,
    warehouseId,
    ...boundsMs(c, { from, to }),
    before: key && { atMs: key[0], productId: key[1], seq: key[2] },
  };
}

async function pageOf(c: AppContext, source: MovementSource, request: MovementsRequest, limit: number) {
  const { movements, next } = await listMovements(source, request, limit);
  return {
    movements: movements.map(toMovementJson),
    next_cursor: next && toCursor([next.atMs, next.productId, next.seq]),
    read_at: new Date(c.var.deps.nowMs()).toISOString(),
  };
}

function toFile(c: AppContext, source: MovementSource, request: MovementsRequest): Promise<Response> {
  return answerCsv(c, "movements.csv", MOVEMENT_COLUMNS, toRecords(exportMovements(source, request)));
}

async function* toRecords(batches: AsyncIterable<ListedMovement[]>) {
  for await (const movements of batches) yield movements.map(toMovementCells);
}
