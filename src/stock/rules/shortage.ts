import type { ShelfUnits } from "./messages.ts";

/** One line of a stock refusal, as JSON. */
export interface StockError {
  product_id: string;
  variant_id: string | null;
  product_name: string | null;
  requested_quantity: number;
  available_stock: number;
  message: string;
}

/** The `detail` and members of the problem document that reports short lines. */
export function shortageProblem(stockErrors: readonly StockError[]) {
  const detail = stockErrors.map(({ message }) => message).join(" · ");
  return { detail, members: { success: false, message: "Stock validation failed", stock_errors: stockErrors } };
}

/** A line with too few available units. */
export function shortage(line: {
  productId: string;
  variantId: string;
  productName: string;
  requested: number;
  available: number;
}): StockError {
  return {
    product_id: line.productId,
    variant_id: line.variantId,
    product_name: line.productName,
    requested_quantity: line.requested,
    available_stock: line.available,
    message: `Insufficient stock for ${line.productName}. Requested: ${line.requested}, Available: ${line.available}`,
  };
}

/** A line whose product or variant is not sold: unknown, archived, or a variant of another product. */
export function productNotFound(line: { productId: string; variantId: string | null; requested: number }): StockError {
  const named = line.variantId === null ? line.productId : `${line.productId} (${line.variantId})`;
  return {
    product_id: line.productId,
    variant_id: line.variantId,
    product_name: null,
    requested_quantity: line.requested,
    available_stock: 0,
    message: `Product ${named} not found in inventory`,
  };
}

/** The members of a refusal to take units out of a place by hand. */
export function shelfMembers({ free, onHand, allocated = 0, promised }: ShelfUnits) {
  const orders = promised?.orders.map(({ orderId, quantity }) => ({ order_id: orderId, quantity }));
  return {
    free,
    on_hand: onHand,
    reserved: onHand - free - allocated,
    allocated,
    ...(orders ? { orders, orders_total: promised?.count } : {}),
  };
}
