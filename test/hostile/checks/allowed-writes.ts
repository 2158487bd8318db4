const UNITS_WERE_SOUGHT = /^the ledger of /;

/** What a refusal with 409 leaves where it is a decision that was written before it was answered. Units never move by one. */
const DECISIONS: Readonly<Record<string, readonly RegExp[]>> = {
  // What some products had was reserved and given back.
  "POST /api/v1/orders": [UNITS_WERE_SOUGHT],
  // Its generation is ended.
  "POST /api/v1/checkout": [/^carts$/, /^cart_items$/, UNITS_WERE_SOUGHT],
  // It was numbered, so that edits at once see each other, and put back.
  "POST /api/v1/carts/{cart_id}/items": [/^carts$/, /^cart_items$/, UNITS_WERE_SOUGHT],
  "PATCH /api/v1/carts/{cart_id}/items/{item_id}": [/^carts$/, /^cart_items$/, UNITS_WERE_SOUGHT],
  // The object remembers that it was refused.
  "PUT /api/v1/inventory/products/{product_id}/stock": [UNITS_WERE_SOUGHT],
  "POST /api/v1/inventory/counts": [UNITS_WERE_SOUGHT],
  "POST /api/v1/inventory/damage": [UNITS_WERE_SOUGHT],
  // It is there, refused, with an entry in the audit log; what left is owed back.
  "POST /api/v1/inventory/transfers": [/^transfers$/, /^transfer_items$/, /^stock_actions$/, /^audit_log$/, UNITS_WERE_SOUGHT],
};

/** What else is written by design by a read, or by what is refused with another status. */
const ALWAYS: Readonly<Record<string, readonly RegExp[]>> = {
  // A used token that comes again ends its family.
  "POST /api/v1/auth/refresh": [/^refresh_tokens$/],
  // It asks an object that is nobody's.
  "GET /health": [/^objects$/],
};

/** A refusal under a key is kept, for its repeat to hear the same. */
const KEPT = [/^idempotency$/, /^fences$/];

/** Whether a request may have left a trace, though it was refused or is a read. @param trace a name as `tracesNow` has it */
export function mayWrite(
  trace: string,
  { operation = "", status, headers }: { operation: string | undefined; status: number; headers: Headers },
): boolean {
  const kept = status === 409 && headers.has("Idempotency-Key") ? KEPT : [];
  const decided = status === 409 ? (DECISIONS[operation] ?? []) : [];
  return [...kept, ...decided, ...(ALWAYS[operation] ?? [])].some((pattern) => pattern.test(trace));
}
