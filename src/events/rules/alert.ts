/** Conditions that the staff should look at. */
export const ALERT_KINDS = [
  ...(["low_stock", "out_of_stock", "paid_order_waiting", "order_expires_soon"] as const),
  ...(["refund_due", "refund_failed", "payment_mismatch", "payment_surplus", "payment_unknown"] as const),
  ...(["payment_disputed", "dispute_lost"] as const),
  ...(["stock_in_archived_warehouse", "stock_short"] as const),
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** An alert of one kind about one subject: a product, an order, a payment or a warehouse. */
export interface Alert {
  alertId: string;
  kind: AlertKind;
  subject: string;
  /** The figures that opened the alert. */
  details: Record<string, unknown>;
  openedAtMs: number;
  closedAtMs: number | null;
  /** Null until somebody has acknowledged it. */
  acknowledgedAtMs: number | null;
  acknowledgedBy: string | null;
  note: string | null;
}

/** What an alert's ETag says: nothing but its acknowledgement is changed by people. */
export function versionOf({ openedAtMs, acknowledgedAtMs }: Alert): string {
  return `${openedAtMs}.${acknowledgedAtMs ?? 0}`;
}
