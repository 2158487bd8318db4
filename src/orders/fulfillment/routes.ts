import { z } from "@hono/zod-openapi";
import { answerCsv, wantsCsv } from "../../http/csv.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { readCursor, toCursor } from "../../http/paging.ts";
import { idSchema } from "../../http/validate.ts";
import { createRouter } from "../../http/router.ts";
import type { Cell } from "../../rules/csv.ts";
import { shownOrder } from "../json.ts";
import { allocateShort } from "./allocate-short.ts";
import * as contract from "./contract.ts";
import * as shipments from "./shipment-contract.ts";
import { PICK_COLUMNS, toFulfillmentJson, toPickCells, toPickJson, toShippedJson } from "./json.ts";
import { listFulfillments, listPicks } from "./list-fulfillments.ts";
import { announcePickup, recordCollection, shipOrder } from "./ship-order.ts";

/** When an order was placed, its id and the warehouse. */
const keySchema = z.tuple([z.int().min(0), idSchema, idSchema]);

/** What warehouses have to hand over. */
export const fulfillmentRoutes = createRouter()
  .openapi(contract.listFulfillments, async (c) => {
    const { limit, cursor, warehouse_id: warehouseId, delivery_method: deliveryMethod, status } = c.req.valid("query");
    const filter = { warehouseId, deliveryMethod, status, after: readCursor(cursor, keySchema) };
    const { fulfillments, next } = await listFulfillments(c.var.deps, filter, limit);
    return c.json({ fulfillments: fulfillments.map(toFulfillmentJson), next_cursor: next ? toCursor(next) : null }, 200);
  })
  .openapi(contract.listPicks, async (c) => {
    const { limit, warehouse_id: warehouseId, delivery_method: deliveryMethod } = c.req.valid("query");
    const { picks, orders, hasMore } = await listPicks(c.var.deps, { warehouseId, deliveryMethod }, limit);
    if (wantsCsv(c)) return answerCsv(c, `pick-list-${warehouseId}.csv`, PICK_COLUMNS, inOne(picks.map(toPickCells)));
    return c.json({ warehouse_id: warehouseId, order_count: orders, has_more: hasMore, items: picks.map(toPickJson) }, 200);
  });

async function* inOne(records: Cell[][]): AsyncGenerator<Cell[][]> {
  yield records;
}

/** What leaves of an order. */
export const shipmentRoutes = createRouter()
  .openapi(shipments.shipOrder, async (c) => {
    const { order_id: orderId } = c.req.valid("param");
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { answer, replayed } = await shipOrder(c.var.deps, keyed, {
      orderId,
      warehouseId: body.warehouse_id,
      items: body.items?.map(({ line_no: lineNo, variant_id: variantId, quantity }) => ({ lineNo, variantId, quantity })),
      carrier: body.carrier ?? null,
      trackingNumber: body.tracking_number ?? null,
      trackingUrl: body.tracking_url ?? null,
    });
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.json(toShippedJson(answer), 201);
  })
  .openapi(shipments.allocateShort, async (c) => {
    const { order_id: orderId } = c.req.valid("param");
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { answer, replayed } = await allocateShort(c.var.deps, keyed, { orderId, warehouseId: body.warehouse_id });
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(shipments.announcePickup, async (c) => {
    const keyed = await keyedRequest(c, {});
    const { answer, replayed } = await announcePickup(c.var.deps, keyed, c.req.valid("param").order_id);
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(shipments.recordCollection, async (c) => {
    const keyed = await keyedRequest(c, {});
    const { answer, replayed } = await recordCollection(c.var.deps, keyed, c.req.valid("param").order_id);
    return c.json(shownOrder(c, answer, replayed), 200);
  });
