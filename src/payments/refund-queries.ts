import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import { rowJson } from "../db/json.ts";
import type { RefundRow } from "./rules/payment.ts";
import { payments, refunds } from "./tables.ts";

/** A refund that has to be sent to the provider, with the provider's reference of the payment. */
export interface OwedRefund extends RefundRow {
  reference: string;
  currency: string;
}

/** Refunds that have to be sent to Stripe: of one order, or those whose time has come, longest due first. */
export function findOwedRefunds(which: { orderId: string } | { nowMs: number; limit: number }): Query<OwedRefund[]> {
  const where =
    "orderId" in which
      ? sql`r.order_id = ${which.orderId} AND r.due_at_ms IS NOT NULL`
      : sql`r.due_at_ms <= CAST(${which.nowMs} AS INTEGER)`;
  const limit = "orderId" in which ? MAX_OF_ORDER : which.limit;
  const found = rows<{ refund: string; reference: string; currency: string }>(sql`
    SELECT json_object(${refundColumns}) AS "refund", p.reference AS "reference", p.currency AS "currency"
    FROM ${refunds} r CROSS JOIN ${payments} p ON p.order_id = r.order_id AND p.payment_id = r.payment_id
    WHERE ${where} ORDER BY r.due_at_ms LIMIT ${limit}`);
  return {
    statement: found.statement,
    read: (result) => found.read(result).map(({ refund, ...payment }) => ({ ...(JSON.parse(refund) as RefundRow), ...payment })),
  };
}

/** More refunds than an order has at once. */
const MAX_OF_ORDER = 100;

const refundColumns = sql.raw(
  Object.entries({
    orderId: "order_id",
    refundId: "refund_id",
    paymentId: "payment_id",
    amountMinor: "amount_minor",
    reason: "reason",
    status: "status",
    providerReference: "provider_reference",
    actor: "actor",
    atMs: "at_ms",
    dueAtMs: "due_at_ms",
  })
    .map(([key, column]) => `'${key}', r.${column}`)
    .join(", "),
);

/** What an event of a provider says to identify a refund. */
export interface RefundNames {
  reference: string;
  /** The payment's reference. */
  intentId: string | undefined;
  /** Our id, from the provider's metadata. */
  refundId: string | undefined;
  amountMinor: number | undefined;
}

/**
 * Reads a refund by its provider's reference; else the one of that payment that has no reference yet, because the answer with it was
 * lost or is on its way, or because it was made at the provider and only its amount identifies it.
 */
export function findRefund({ reference, intentId, refundId, amountMinor }: RefundNames): Query<RefundRow | undefined> {
  const found = row<{ refund: string }>(sql`
    SELECT "refund" FROM (
      SELECT 0 AS place, ${rowJson(refunds)} AS "refund" FROM ${refunds} WHERE provider_reference = ${reference}
      UNION ALL
      SELECT 1, ${rowJson(refunds)} FROM ${refunds}
      WHERE (order_id, payment_id) IN (SELECT order_id, payment_id FROM ${payments} WHERE provider = 'stripe' AND reference = ${intentId ?? null})
        AND provider_reference IS NULL AND refunds.status <> 'failed'
        AND iif(${refundId ?? null} IS NULL, refunds.status = 'succeeded' AND refunds.amount_minor = ${amountMinor ?? null},
          refund_id = ${refundId ?? null})
    ) ORDER BY place LIMIT 1`);
  return {
    statement: found.statement,
    read: (result) => {
      const read = found.read(result);
      return read && (JSON.parse(read.refund) as RefundRow);
    },
  };
}

/** Records the outcome of a refund; `failed` is final. */
export function updateRefund(
  { orderId, refundId }: Pick<RefundRow, "orderId" | "refundId">,
  { status, providerReference, dueAtMs }: Pick<RefundRow, "status" | "providerReference" | "dueAtMs">,
): Query<number> {
  return write(sql`
    UPDATE ${refunds} SET status = ${status}, provider_reference = coalesce(${providerReference}, provider_reference), due_at_ms = ${dueAtMs}
    WHERE order_id = ${orderId} AND refund_id = ${refundId} AND status <> 'failed'`);
}
