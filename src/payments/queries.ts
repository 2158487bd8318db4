import { sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../db/client.ts";
import { rowJson } from "../db/json.ts";
import type { Money, Payment, PaymentRow, Provider, RefundRow } from "./rules/payment.ts";
import { paymentIntents, payments, providerEvents, refunds } from "./tables.ts";

/** Reads a payment by its provider's reference, of any order. */
export function findPayment(provider: Provider, reference: string): Query<PaymentRow | undefined> {
  const found = row<{ payment: string }>(sql`
    SELECT ${rowJson(payments)} AS "payment" FROM ${payments} WHERE provider = ${provider} AND reference = ${reference}`);
  return {
    statement: found.statement,
    read: (result) => {
      const read = found.read(result);
      return read && (JSON.parse(read.payment) as PaymentRow);
    },
  };
}

/** Reads all payments and refunds of an order. */
export function findMoney(orderId: string): Query<Money> {
  const found = row<Record<"payments" | "refunds", string>>(sql`
    SELECT (SELECT json_group_array(${rowJson(payments)} ORDER BY at_ms, payment_id) FROM ${payments} WHERE order_id = ${orderId}) AS "payments",
      (SELECT json_group_array(${rowJson(refunds)} ORDER BY at_ms, refund_id) FROM ${refunds} WHERE order_id = ${orderId}) AS "refunds"`);
  return {
    statement: found.statement,
    read: (result) => {
      const read = found.read(result) ?? { payments: "[]", refunds: "[]" };
      return { payments: JSON.parse(read.payments) as PaymentRow[], refunds: JSON.parse(read.refunds) as RefundRow[] };
    },
  };
}

/** Records a payment; a known reference fails the whole batch. */
export function insertPayment(payment: Payment, { paymentId, actor, atMs }: Pick<PaymentRow, "paymentId" | "actor" | "atMs">) {
  const { orderId, provider, reference, amountMinor, currency } = payment;
  return write(sql`
    INSERT INTO ${payments} (order_id, payment_id, provider, reference, amount_minor, currency, actor, at_ms)
    VALUES (${orderId}, ${paymentId}, ${provider}, ${reference}, ${amountMinor}, ${currency}, ${actor}, ${atMs})`);
}

/** Records that a payment was begun. */
export function insertIntent(intentId: string, orderId: string, amountMinor: number, nowMs: number): Query<number> {
  return write(sql`
    INSERT OR IGNORE INTO ${paymentIntents} (intent_id, order_id, amount_minor, created_at_ms)
    VALUES (${intentId}, ${orderId}, ${amountMinor}, ${nowMs})`);
}

/** Records that a provider ended a payment unpaid. */
export function endIntent(intentId: string, nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${paymentIntents} SET canceled_at_ms = coalesce(canceled_at_ms, CAST(${nowMs} AS INTEGER)) WHERE intent_id = ${intentId}`);
}

/** How many payments of an amount of an order were ended unpaid. */
export function countEndedIntents(orderId: string, amountMinor: number): Query<{ ended: number } | undefined> {
  return row(sql`
    SELECT count(*) AS "ended" FROM ${paymentIntents}
    WHERE order_id = ${orderId} AND amount_minor = CAST(${amountMinor} AS INTEGER) AND canceled_at_ms IS NOT NULL`);
}

/** More payments than an order can have begun that were neither made nor ended. */
const MAX_STALE = 20;

/** Payments of an order that were begun for another amount, and were neither made nor ended as far as is known. */
export function findStaleIntents(orderId: string, amountMinor: number): Query<string[]> {
  const found = rows<{ intentId: string }>(sql`
    SELECT intent_id AS "intentId" FROM ${paymentIntents}
    WHERE order_id = ${orderId} AND amount_minor <> CAST(${amountMinor} AS INTEGER) AND canceled_at_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM ${payments} WHERE provider IN ('stripe', 'manual') AND reference = intent_id)
    LIMIT ${MAX_STALE}`);
  return { statement: found.statement, read: (result) => found.read(result).map(({ intentId }) => intentId) };
}

/** Reads for which order, and which amount, a provider's intent was begun. */
export function findIntent(intentId: string): Query<{ orderId: string; amountMinor: number } | undefined> {
  return row(sql`
    SELECT order_id AS "orderId", amount_minor AS "amountMinor" FROM ${paymentIntents} WHERE intent_id = ${intentId}`);
}

/** Records refunds. */
export function insertRefunds(parts: readonly RefundRow[]): Query<number> {
  return write(sql`
    INSERT INTO ${refunds} (order_id, refund_id, payment_id, amount_minor, reason, status, provider_reference, actor, at_ms, due_at_ms)
    SELECT value->>'orderId', value->>'refundId', value->>'paymentId', value->>'amountMinor', value->>'reason', value->>'status',
      value->>'providerReference', value->>'actor', value->>'atMs', value->>'dueAtMs'
    FROM json_each(${JSON.stringify(parts)})`);
}

/** Whether an event of a provider was handled. */
export function findProviderEvent(eventId: string): Query<{ eventId: string } | undefined> {
  return row(sql`SELECT event_id AS "eventId" FROM ${providerEvents} WHERE event_id = ${eventId}`);
}

/** Records that an event was handled. */
export function insertProviderEvent(eventId: string, type: string, nowMs: number): Query<number> {
  return write(sql`INSERT OR IGNORE INTO ${providerEvents} (event_id, type, at_ms) VALUES (${eventId}, ${type}, ${nowMs})`);
}

/** Deletes events older than a time, a bounded number at once. */
export function purgeProviderEvents(beforeMs: number, limit: number): Query<number> {
  return write(sql`
    DELETE FROM ${providerEvents} WHERE event_id IN (
      SELECT event_id FROM ${providerEvents} WHERE at_ms < ${beforeMs} ORDER BY at_ms LIMIT ${limit})`);
}
