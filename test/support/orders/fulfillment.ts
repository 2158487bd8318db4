import { type AskOptions, get, post } from "../http/requests.ts";
import { type Answer, bodyOf, lineOf, ORDERS, type OrderBody, placed, read } from "./http.ts";

export const FULFILLMENTS = "/api/v1/fulfillments";
export const ADMIN = { admin: true } as const;

export interface ShipmentBody {
  shipment_id: string;
  warehouse_id: string;
  order_status: string;
  fulfillment_status: string;
  items: { line_no: number; variant_id: string; quantity: number }[];
  [field: string]: unknown;
}

export interface FulfillmentBody {
  fulfillment_id: string;
  order_id: string;
  warehouse_id: string;
  status: string;
  lines: { line_no: number; variant_id: string; sku: string; name: string; quantity: number; shipped: number }[];
  [field: string]: unknown;
}

export interface ShippedOrder extends OrderBody {
  status: string;
  fulfillment_status: string;
  shipments: ShipmentBody[];
  events: { what: string; from: string | null; to: string | null }[];
}

/** Records a shipment; all that is left in the warehouse where `more` names no items. */
export async function ship<B = ShipmentBody>(
  orderId: string,
  warehouseId: string,
  more: Record<string, unknown> = {},
  options: AskOptions = ADMIN,
): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/${orderId}/shipments`, { warehouse_id: warehouseId, ...more }, options));
}

/** Lists fulfillments. @param query such as `warehouse_id=BLR` */
export async function fulfillments(query: string): Promise<{ fulfillments: FulfillmentBody[]; next_cursor: string | null }> {
  return (
    await read<{ fulfillments: FulfillmentBody[]; next_cursor: string | null }>(await get(`${FULFILLMENTS}?${query}`, ADMIN))
  ).body;
}

/** A cash order of two products: three units of the first from BLR and MUM, one of the second from BLR. */
export async function splitOrder(first: string, second: string): Promise<string> {
  const { order_id: orderId } = await placed(bodyOf([lineOf(first, 3), second], { postal_code: "560034" }));
  return orderId;
}
