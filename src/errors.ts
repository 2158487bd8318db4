/**
 * Every error that Holdfast answers, one row per code. `docs/errors.md` has a heading for each, and a test compares the two.
 * Shape on the wire: RFC 9457 problem details.
 */
export const ERRORS = {
  malformed_json: { status: 400, title: "The body is not valid JSON" },
  idempotency_key_invalid: { status: 400, title: "The Idempotency-Key is not valid" },
  idempotency_key_too_weak: { status: 400, title: "The Idempotency-Key is too short for a guest" },
  signature_invalid: { status: 400, title: "The webhook signature is not valid" },
  unauthenticated: { status: 401, title: "A valid bearer token is required" },
  invalid_credentials: { status: 401, title: "Invalid credentials" },
  link_expired: { status: 401, title: "The link to the order has expired" },
  forbidden: { status: 403, title: "The caller lacks the required right" },
  turnstile_required: { status: 403, title: "A Turnstile token is required" },
  turnstile_failed: { status: 403, title: "The Turnstile token was not accepted" },
  tier_not_verified: { status: 403, title: "The caller does not have this price tier" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  insufficient_stock: { status: 409, title: "Stock validation failed" },
  total_changed: { status: 409, title: "The total differs from the expected total" },
  max_per_order_exceeded: { status: 409, title: "More of a product than one order may have" },
  max_per_customer_exceeded: { status: 409, title: "More of a product than the customer may buy" },
  more_than_share: { status: 409, title: "The cart exceeds its share of the stock" },
  hold_share_exceeded: { status: 409, title: "Too many units held without payment" },
  checking_out: { status: 409, title: "The cart is being checked out" },
  units_reserved: { status: 409, title: "Reserved units cannot be removed" },
  count_outdated: { status: 409, title: "The stock has changed since it was counted" },
  warehouse_not_empty: { status: 409, title: "The warehouse is not empty" },
  transfer_not_dispatched: { status: 409, title: "The transfer was not dispatched in time" },
  transfer_not_open: { status: 409, title: "The transfer is not in transit" },
  more_than_sent: { status: 409, title: "More received than sent" },
  already_exists: { status: 409, title: "The value is already in use" },
  own_account: { status: 409, title: "You cannot change your own role or delete your own account" },
  already_claimed: { status: 409, title: "The order belongs to another account" },
  not_shippable: { status: 409, title: "More shipped than is left" },
  order_short: { status: 409, title: "Units were not on the shelf" },
  not_cancellable: { status: 409, title: "More cancelled than has not left" },
  not_reopenable: { status: 409, title: "The order cannot be reopened" },
  not_returnable: { status: 409, title: "More returned than shipped" },
  return_closed: { status: 409, title: "The return was received or rejected already" },
  already_refunded: { status: 409, title: "The order was refunded in full" },
  illegal_transition: { status: 409, title: "The order cannot change to that status" },
  cart_checked_out: { status: 409, title: "The cart was already checked out" },
  payment_mismatch: { status: 409, title: "The amount or currency differs from what is due" },
  payment_reference_used: { status: 409, title: "The payment reference is already in use" },
  already_paid: { status: 409, title: "The order is already paid" },
  payment_not_due: { status: 409, title: "No payment is due for the order" },
  payment_processing: { status: 409, title: "A payment of the order is being processed" },
  more_than_paid: { status: 409, title: "The refund exceeds what was paid" },
  dispute_open: { status: 409, title: "A dispute of the payment is open" },
  alert_closed: { status: 409, title: "The alert is closed" },
  endpoint_disabled: { status: 409, title: "The webhook endpoint is disabled" },
  too_many_addresses: { status: 409, title: "The limit of addresses is reached" },
  too_many_rules: { status: 409, title: "The limit of active pricing rules is reached" },
  precondition_failed: { status: 412, title: "The record was changed since it was read" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  validation_failed: { status: 422, title: "The request is not valid" },
  idempotency_key_reused: { status: 422, title: "The Idempotency-Key was used with another body" },
  order_too_large: { status: 422, title: "The order has more than 100 distinct products" },
  contact_required: { status: 422, title: "The order needs a phone number or an e-mail address" },
  address_required: { status: 422, title: "The delivery method requires an address" },
  country_not_served: { status: 422, title: "No warehouse ships to that country" },
  self_service_unavailable: { status: 422, title: "No warehouse offers pickup for this order" },
  bundle_has_no_stock: { status: 422, title: "A bundle has no stock of its own" },
  invalid_bundle: { status: 422, title: "The components do not form a valid bundle" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal_error: { status: 500, title: "Internal error" },
  images_not_configured: { status: 501, title: "The shop has no bucket for images" },
  payments_not_configured: { status: 501, title: "No payment provider is configured" },
  unresolved: { status: 503, title: "The outcome is not yet known" },
  misconfigured: { status: 503, title: "The settings of the deployment are wrong" },
  unavailable: { status: 503, title: "The service is temporarily unavailable" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One invalid field: `field` is a path such as `items[0].quantity`, or the name of a header or parameter. */
export interface FieldError {
  field: string;
  message: string;
}

interface RefusalParts {
  errors?: FieldError[];
  /** Extension members of the problem document. */
  members?: Record<string, unknown>;
  retryAfterS?: number;
  /** An earlier request with the same Idempotency-Key was refused; this repeats its answer. */
  replayed?: boolean;
}

/** A client's mistake, or a state that forbids the request. Anything else that is thrown is a bug, answered 500. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  readonly members: Record<string, unknown>;
  readonly retryAfterS: number | undefined;
  readonly replayed: boolean;

  constructor(code: ErrorCode, detail: string, parts: RefusalParts = {}) {
    super(detail);
    this.name = "Refusal";
    this.code = code;
    this.errors = parts.errors;
    this.members = parts.members ?? {};
    this.retryAfterS = parts.retryAfterS;
    this.replayed = parts.replayed ?? false;
  }
}

/** The path of a field as `errors` says it, such as `items[0].quantity`. */
export function fieldAt(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

/** Refuses one field of a request; a header and the body as a whole count as fields. */
export function refusedField(code: ErrorCode, field: string, message: string): Refusal {
  return new Refusal(code, `${field}: ${message}`, { errors: [{ field, message }] });
}

/** Refuses one field of a request by a check that its schema cannot make. */
export function invalidField(field: string, message: string): Refusal {
  return refusedField("validation_failed", field, message);
}

/** The same caller used the key before, at the same path, with another body. */
export function keyReused(): Refusal {
  return refusedField("idempotency_key_reused", "Idempotency-Key", "was used with another body");
}

const RETRY_AFTER_S = 1;

const ADVICE = {
  same_key: "Retry with the same Idempotency-Key.",
  again: "Retry the request.",
  look_first: "Check whether it took effect before you retry; an Idempotency-Key makes retries safe.",
} as const;

/**
 * The outcome of a write is not known (C9).
 * @param advice what the client should do; without `Retry-After` where a retry could act twice
 */
export function unresolved(detail: string, advice: keyof typeof ADVICE, cause?: unknown): Refusal {
  const retry = advice === "look_first" ? {} : { retryAfterS: RETRY_AFTER_S };
  const refusal = new Refusal("unresolved", `${detail} ${ADVICE[advice]}`, retry);
  refusal.cause = cause;
  return refusal;
}
