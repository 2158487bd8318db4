const LEDGER = /^the ledger of /;

/** What a refusal with 409 may write, by operation: decisions that are recorded before the answer. None of them moves units. */
const ON_CONFLICT: Readonly<Record<string, readonly RegExp[]>> = {
  // Units of the products that had enough were reserved and released.
  "POST /api/v1/orders": [LEDGER],
  // The cart's reservation generation ends.
  "POST /api/v1/checkout": [/^carts$/, /^cart_items$/, LEDGER],
  // The edit was numbered, so that concurrent edits see each other, and undone.
  "POST /api/v1/carts/{cart_id}/items": [/^carts$/, /^cart_items$/, LEDGER],
  "PATCH /api/v1/carts/{cart_id}/items/{item_id}": [/^carts$/, /^cart_items$/, LEDGER],
  // The object stores the refusal.
  "PUT /api/v1/inventory/products/{product_id}/stock": [LEDGER],
  "POST /api/v1/inventory/counts": [LEDGER],
  "POST /api/v1/inventory/damage": [LEDGER],
  // The refused transfer is stored, with an audit entry and an action that returns dispatched units.
  "POST /api/v1/inventory/transfers": [/^transfers$/, /^transfer_items$/, /^stock_actions$/, /^audit_log$/, LEDGER],
};

/** What reads, or refusals with another status, write by design. */
const ALWAYS: Readonly<Record<string, readonly RegExp[]>> = {
  // Reusing a refresh token revokes its family.
  "POST /api/v1/auth/refresh": [/^refresh_tokens$/],
  // It calls an object that belongs to no product.
  "GET /health": [/^objects$/],
};

/** A refusal under an idempotency key is stored, so that a retry gets the same answer. */
const STORED_REFUSAL = [/^idempotency$/, /^fences$/];

/** Whether a refused request or a read may have written something. @param written a name as in `readWrites` */
export function isAllowedWrite(
  written: string,
  { operation = "", status, headers }: { operation: string | undefined; status: number; headers: Headers },
): boolean {
  const stored = status === 409 && headers.has("Idempotency-Key") ? STORED_REFUSAL : [];
  const decided = status === 409 ? (ON_CONFLICT[operation] ?? []) : [];
  return [...stored, ...decided, ...(ALWAYS[operation] ?? [])].some((pattern) => pattern.test(written));
}
