import { toMajor } from "../rules/money.ts";
import type { OrderJson } from "./contract.ts";
import { type Order, soleWarehouse } from "./rules/order.ts";

/** Tells an order. @param decimals digits after the point of the shop's currency */
export function toOrderJson(order: Order, decimals: number): OrderJson {
  return {
    order_id: order.orderId,
    status: order.status,
    payment_method: order.paymentMethod,
    payment_status: order.paymentStatus,
    payment_due_at: order.paymentDueAtMs === null ? null : toIso(order.paymentDueAtMs),
    customer_name: order.customerName,
    customer_email: order.customerEmail,
    customer_phone: order.customerPhone,
    delivery_address: order.deliveryAddress,
    postal_code: order.postalCode,
    country: order.country,
    delivery_method: order.deliveryMethod,
    notes: order.notes,
    items: itemsJson(order, decimals),
    warehouse_id: soleWarehouse(order.allocations),
    ranked_by: order.rankedBy,
    subtotal: toMajor(order.subtotalMinor, decimals),
    delivery_cost: toMajor(order.deliveryCostMinor, decimals),
    total: toMajor(order.totalMinor, decimals),
    currency: order.currency,
    estimated_delivery_at: toIso(order.estimatedDeliveryAtMs),
    created_at: toIso(order.createdAtMs),
    updated_at: toIso(order.updatedAtMs),
  };
}

function itemsJson(order: Order, decimals: number): OrderJson["items"] {
  return order.items.map((item) => ({
    product_id: item.productId,
    variant_id: item.variantId,
    sku: item.sku,
    name: item.name,
    quantity: item.quantity,
    unit_price: toMajor(item.unitPriceMinor, decimals),
    line_total: toMajor(item.lineTotalMinor, decimals),
    allocations: order.allocations
      .filter(({ lineNo }) => lineNo === item.lineNo)
      .map(({ warehouseId, quantity, productId, variantId }) => ({
        warehouse_id: warehouseId,
        quantity,
        product_id: productId,
        variant_id: variantId,
      })),
  }));
}

function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}
