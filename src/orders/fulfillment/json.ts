import type { Cell } from "../../rules/csv.ts";
import { toAddressJson, toShipmentJson } from "../rules/event-payload.ts";
import { type Fulfillment, type PickLine, stepOf } from "../rules/fulfillment.ts";
import { fulfillmentStatusOf } from "../rules/shipping.ts";
import type { Shipped } from "./ship-order.ts";

/** The JSON of what one warehouse hands over for an order. */
export function toFulfillmentJson(fulfillment: Fulfillment) {
  const { order, warehouseId, lines } = fulfillment;
  return {
    fulfillment_id: `${order.orderId}.${warehouseId}`,
    order_id: order.orderId,
    warehouse_id: warehouseId,
    status: stepOf(fulfillment),
    order_status: order.status,
    customer_name: order.customerName,
    customer_email: order.customerEmail,
    customer_phone: order.customerPhone,
    delivery_address: order.deliveryAddress,
    address: toAddressJson(order),
    postal_code: order.postalCode,
    country: order.country,
    delivery_method: order.deliveryMethod,
    notes: order.notes,
    ordered_at: new Date(order.createdAtMs).toISOString(),
    promised_at: new Date(order.estimatedDeliveryAtMs).toISOString(),
    lines: lines.map(({ lineNo, productId, variantId, ...line }) => {
      return { line_no: lineNo, product_id: productId, variant_id: variantId, ...line };
    }),
  };
}

/** The JSON of a shipment with the state of its order. */
export function toShippedJson({ shipment, order }: Shipped) {
  const { orderId, status } = order;
  return {
    ...toShipmentJson(shipment),
    shipped_at: new Date(shipment.atMs).toISOString(),
    order_id: orderId,
    order_status: status,
    fulfillment_status: fulfillmentStatusOf(order),
  };
}

export function toPickJson({ productId, variantId, orders, ...pick }: PickLine) {
  return {
    product_id: productId,
    variant_id: variantId,
    ...pick,
    orders: orders.map(({ orderId, quantity }) => ({ order_id: orderId, quantity })),
  };
}

export const PICK_COLUMNS = ["sku", "barcode", "name", "quantity", "product_id", "variant_id", "orders"];

/** A line of a pick list as a CSV record; its orders are `id × quantity`, separated by spaces. */
export function toPickCells({ sku, barcode, name, quantity, productId, variantId, orders }: PickLine): Cell[] {
  const wanted = orders.map((order) => `${order.orderId}×${order.quantity}`).join(" ");
  return [sku, barcode, name, quantity, productId, variantId, wanted];
}
