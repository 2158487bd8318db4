/** Out of stock: no unit available. Low: at or below its minimum; what has no minimum is never low. */
export const STOCK_STATUSES = ["in_stock", "low_stock", "out_of_stock"] as const;
export type StockStatus = (typeof STOCK_STATUSES)[number];
