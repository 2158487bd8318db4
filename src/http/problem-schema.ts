import { z } from "@hono/zod-openapi";
import { ERRORS, type ErrorCode } from "../errors.ts";

const units = z.int().optional();

/** A line of an order, a cart or a transfer that is refused. */
const refusedLineSchema = z.object({
  product_id: z.string().optional(),
  variant_id: z.string().optional(),
  product_name: z.string().optional(),
  warehouse_id: z.string().optional(),
  requested: units,
  allowed: units,
  bought: units,
  max_per_order: units,
  max_per_customer: units,
  quantity: units,
  received: units,
  missing: units,
  free: units,
  on_hand: units,
  reserved: units,
  allocated: units,
});

const stockErrorSchema = z
  .object({
    product_id: z.string(),
    variant_id: z.string().nullable(),
    product_name: z.string().nullable(),
    requested_quantity: z.int(),
    available_stock: z.int(),
    message: z.string(),
  })
  .openapi("StockError");

/** What an order comes to now. */
const quoteSchema = z
  .object({
    subtotal: z.number(),
    discount_total: z.number(),
    tax_total: z.number(),
    prices_include_tax: z.boolean(),
    delivery_cost: z.number(),
    total: z.number(),
    currency: z.string(),
    items: z.array(
      z.object({
        product_id: z.string(),
        variant_id: z.string(),
        sku: z.string(),
        name: z.string(),
        quantity: z.int(),
        unit_price: z.number(),
        discount: z.number(),
        applied_rules: z.array(z.looseObject({ rule_id: z.string(), name: z.string(), amount: z.number() })),
        line_total: z.number(),
        tax: z.number(),
        tax_rate_bps: z.int(),
      }),
    ),
    refused_rules: z.array(z.object({ rule_id: z.string().nullable(), reason: z.string(), promo_code: z.string().nullable() })),
  })
  .openapi("Quote");

const of = (...codes: ErrorCode[]) => ({ description: `Of ${codes.map((code) => `\`${code}\``).join(", ")}.` });

/** RFC 9457 problem details, and every member that some code adds. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: "/docs/errors#validation_failed" }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    request_id: z.string(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "The fields that are refused." }),
    stock_errors: z.array(stockErrorSchema).optional().openapi(of("insufficient_stock")),
    success: z.literal(false).optional().openapi(of("insufficient_stock")),
    message: z.string().optional().openapi(of("insufficient_stock")),
    order_id: z.string().optional().openapi(of("insufficient_stock", "cart_checked_out")),
    quote: quoteSchema.optional().openapi(of("total_changed")),
    expected_total: z.number().nullable().optional().openapi(of("total_changed")),
    lines: z
      .array(refusedLineSchema)
      .optional()
      .openapi(
        of("max_per_order_exceeded", "max_per_customer_exceeded", "hold_share_exceeded", "units_reserved", "more_than_sent"),
      ),
    most: units.openapi(of("more_than_share")),
    etag: z.string().optional().openapi(of("precondition_failed")),
    status_now: z.string().optional().openapi(of("illegal_transition", "transfer_not_open")),
    possible: z.array(z.string()).optional().openapi(of("illegal_transition")),
    return_status: z.string().optional().openapi(of("return_closed")),
    reason: z.string().optional().openapi(of("not_reopenable")),
    rules: z
      .array(z.object({ rule_id: z.string(), name: z.string() }))
      .optional()
      .openapi(of("not_reopenable")),
    short: z
      .array(z.object({ line_no: z.int(), warehouse_id: z.string(), quantity: z.int() }))
      .optional()
      .openapi(of("order_short")),
    warehouse_id: z
      .string()
      .optional()
      .openapi(of("units_reserved", "count_outdated", "warehouse_not_empty")),
    free: units.openapi(of("units_reserved")),
    on_hand: units.openapi(of("units_reserved", "count_outdated", "warehouse_not_empty")),
    reserved: units.openapi(of("units_reserved", "warehouse_not_empty")),
    allocated: units.openapi(of("units_reserved", "warehouse_not_empty")),
    orders: z
      .array(z.union([z.string(), z.object({ order_id: z.string(), quantity: z.int() })]))
      .optional()
      .openapi(of("units_reserved", "warehouse_not_empty")),
    orders_total: units.openapi(of("units_reserved")),
    open_transfers: units.openapi(of("warehouse_not_empty")),
    unshipped_orders: units.openapi(of("warehouse_not_empty")),
    pending_movements: units.openapi(of("warehouse_not_empty")),
    products: z.array(refusedLineSchema).optional().openapi(of("warehouse_not_empty")),
    transfers: z.array(z.string()).optional().openapi(of("warehouse_not_empty")),
    transfer_id: z.string().optional().openapi(of("units_reserved", "transfer_not_dispatched")),
    amount_due: z.number().optional().openapi(of("payment_mismatch")),
    amount_left: z.number().optional().openapi(of("more_than_paid")),
    currency: z.string().optional().openapi(of("payment_mismatch", "more_than_paid")),
    closed_at: z.string().nullable().optional().openapi(of("alert_closed")),
    error_codes: z.array(z.string()).optional().openapi(of("turnstile_failed")),
    problems: z.array(z.string()).optional().openapi(of("misconfigured")),
    d1: z.string().optional().openapi(of("unavailable")),
    stock: z.string().optional().openapi(of("unavailable")),
  })
  .openapi("Problem");
