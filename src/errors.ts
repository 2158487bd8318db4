/**
 * Every error that Holdfast answers, one row per code. The row is the promise: `docs/errors.md` has one heading for each,
 * and a test compares the two. Shape on the wire: RFC 9457 problem details (DESIGN §9).
 */
export const ERRORS = {
  malformed_json: { status: 400, title: "The body is not valid JSON" },
  idempotency_key_invalid: { status: 400, title: "The Idempotency-Key is not usable" },
  idempotency_key_too_weak: { status: 400, title: "The Idempotency-Key is too short for a guest" },
  signature_invalid: { status: 400, title: "The signature does not prove who sent this" },
  unauthenticated: { status: 401, title: "A valid bearer token is needed" },
  invalid_credentials: { status: 401, title: "What was sent to sign in is not valid" },
  forbidden: { status: 403, title: "The token does not give this right" },
  tier_not_verified: { status: 403, title: "The price tier is not the caller's" },
  not_found: { status: 404, title: "There is nothing here" },
  method_not_allowed: { status: 405, title: "This address does not take that method" },
  insufficient_stock: { status: 409, title: "Stock validation failed" },
  total_changed: { status: 409, title: "The total is not what was expected" },
  more_than_share: { status: 409, title: "One cart would have more than its share" },
  checking_out: { status: 409, title: "The cart is being checked out" },
  units_reserved: { status: 409, title: "Units that are not free cannot be taken away" },
  count_outdated: { status: 409, title: "What is on hand has changed since it was counted" },
  transfer_not_dispatched: { status: 409, title: "The transfer did not leave in time" },
  transfer_not_open: { status: 409, title: "The transfer is not on its way" },
  more_than_sent: { status: 409, title: "More would be received than was sent" },
  already_exists: { status: 409, title: "The id is taken" },
  own_account: { status: 409, title: "Nobody changes their own role or deletes themselves" },
  already_claimed: { status: 409, title: "The order belongs to another account" },
  not_returnable: { status: 409, title: "More was to come back than was bought" },
  illegal_transition: { status: 409, title: "The order cannot move to that status" },
  cart_checked_out: { status: 409, title: "The cart became an order already" },
  payment_mismatch: { status: 409, title: "The money is not what is due" },
  payment_reference_used: { status: 409, title: "The payment reference belongs to another payment" },
  already_paid: { status: 409, title: "The order is paid already" },
  payment_not_due: { status: 409, title: "Nothing is to be paid for the order" },
  more_than_paid: { status: 409, title: "More would go back than was paid" },
  endpoint_disabled: { status: 409, title: "The webhook endpoint is disabled" },
  too_many_rules: { status: 409, title: "The shop has as many active pricing rules as it may have" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body is of another media type" },
  validation_failed: { status: 422, title: "The request is not valid" },
  idempotency_key_reused: { status: 422, title: "The Idempotency-Key was used with another body" },
  order_too_large: { status: 422, title: "The order has more than 100 distinct products" },
  country_not_served: { status: 422, title: "No warehouse ships to that country" },
  self_service_unavailable: { status: 422, title: "No warehouse hands this order over itself" },
  bundle_has_no_stock: { status: 422, title: "A bundle has no stock of its own" },
  invalid_bundle: { status: 422, title: "The components do not make a bundle" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal_error: { status: 500, title: "Something failed inside" },
  payments_not_configured: { status: 501, title: "The shop takes no payments through a provider" },
  unresolved: { status: 503, title: "The outcome is not decided yet" },
  unavailable: { status: 503, title: "A part that this needs does not answer" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One bad field: `field` is a path such as `items[0].quantity`, a header's or a parameter's name. */
export interface FieldError {
  field: string;
  message: string;
}

interface RefusalParts {
  errors?: FieldError[];
  /** Members added to the problem document, beside the standard ones. */
  members?: Record<string, unknown>;
  retryAfterS?: number;
  /** The refusal was decided before, under the same Idempotency-Key. */
  replayed?: boolean;
}

/** A client's mistake, or a state that forbids the request. Anything else that is thrown is a bug and answers 500. */
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

/** Refuses one field of a request; a header and the body as a whole count as fields. */
export function refusedField(code: ErrorCode, field: string, message: string): Refusal {
  return new Refusal(code, `${field}: ${message}`, { errors: [{ field, message }] });
}

/** Refuses one field of a request that its schema alone could not refuse. */
export function invalidField(field: string, message: string): Refusal {
  return refusedField("validation_failed", field, message);
}

/** The same caller used the key before, at the same address, for something else (DESIGN §9). */
export function keyReused(): Refusal {
  return refusedField("idempotency_key_reused", "Idempotency-Key", "was used with another body");
}

const RETRY_AFTER_S = 1;

const ADVICE = {
  same_key: "Send it again with the same Idempotency-Key.",
  again: "Send it again.",
  look_first: "Look whether it was done before you send it again; an Idempotency-Key makes that safe.",
} as const;

/**
 * Nothing is decided that could be answered (PROTOCOL C9).
 * @param advice what the client is to do; a repeat that could act twice is not invited by `Retry-After`
 */
export function unresolved(detail: string, advice: keyof typeof ADVICE, cause?: unknown): Refusal {
  const retry = advice === "look_first" ? {} : { retryAfterS: RETRY_AFTER_S };
  const refusal = new Refusal("unresolved", `${detail} ${ADVICE[advice]}`, retry);
  refusal.cause = cause;
  return refusal;
}
