import { type SQL, sql } from "drizzle-orm";
import { type Query, write } from "../../db/client.ts";
import { insertDeliveries } from "../../events/outbox-statements.ts";
import type { EventType } from "../../events/rules/event-types.ts";
import { warehouses } from "../../warehouses/tables.ts";
import { type Told, toEventPayload, toShippedJson } from "../rules/event-payload.ts";
import { soleWarehouse } from "../rules/order.ts";
import type { Shipment } from "../rules/timeline.ts";

/** An event of an order for webhooks. */
export interface OrderNews {
  type: EventType;
  /** Unique to the event. */
  eventId: string;
  /** What it says besides the order; becomes JSON. */
  data?: object;
  /** What left. */
  shipment?: Shipment;
}

/** Enqueues an event for webhooks, with the order as it is after it. @param decimals digits after the currency's point */
export function enqueueWebhook(news: OrderNews, told: Told, decimals: number, nowMs: number): Query<number> {
  const source = sql`SELECT ${news.eventId} AS event_id, ${payloadOf(news, told, decimals)} AS data`;
  return write(insertDeliveries(news.type, source, nowMs));
}

/** What an event says, as JSON: the order, and what the event is about. */
export function payloadOf(news: Pick<OrderNews, "data" | "shipment">, told: Told, decimals: number): SQL {
  const shipment = news.shipment && { shipment: toShippedJson(news.shipment, iso) };
  const payload = sql`${JSON.stringify({ ...toEventPayload(told, { decimals, iso }), ...news.data, ...shipment })}`;
  const { deliveryMethod, allocations } = told.order;
  const pickup = sql`json_set(${payload}, '$.pickup_warehouse', ${pickupJson(sql`${soleWarehouse(allocations)}`)})`;
  return deliveryMethod === "self_service" ? pickup : payload;
}

/** The warehouse where a customer collects an order, as JSON. */
export function pickupJson(warehouseId: SQL): SQL {
  return sql`json((SELECT json_object('warehouse_id', w.warehouse_id, 'name', w.name, 'country', w.country, 'postal_code', w.postal_code)
    FROM ${warehouses} w WHERE w.warehouse_id = ${warehouseId}))`;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
