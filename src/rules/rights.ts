/** The roles of users. `RIGHTS` lists the roles of each right; none inherits from another. */
export const ROLES = ["customer", "staff", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** The price tiers of customers. */
export const TIERS = ["standard", "silver", "gold"] as const;
export type Tier = (typeof TIERS)[number];

/** A caller's role: a guest has no token, or the token of one order. */
export type Asking = "guest" | Role;

const ANYBODY = ["guest", "customer", "staff", "admin"] as const;
const SIGNED_IN = ["customer", "staff", "admin"] as const;
const STAFF = ["staff", "admin"] as const;
const ADMIN = ["admin"] as const;

/**
 * The roles that have each right. Each route names the right that it requires, and a test calls every route in each role.
 * For a right of everybody, the verb decides which records are accessible: an order by its token, or the customer's own.
 */
const RIGHTS = {
  "catalog:read": ANYBODY,
  "catalog:write": STAFF,
  "catalog:create": ADMIN,
  "catalog:import": ADMIN,
  "catalog:export": STAFF,
  "warehouses:read": ANYBODY,
  "warehouses:write": ADMIN,
  "availability:read": ANYBODY,
  "inventory:read": STAFF,
  "inventory:write": STAFF,
  "inventory:audit": ADMIN,
  "alerts:read": STAFF,
  "alerts:acknowledge": STAFF,
  "pricing:read": ANYBODY,
  "pricing:choose_tier": STAFF,
  "pricing:manage": STAFF,
  "taxes:read": ANYBODY,
  "taxes:manage": ADMIN,
  "orders:place": ANYBODY,
  "orders:read_one": ANYBODY,
  "orders:cancel": ANYBODY,
  "orders:list": SIGNED_IN,
  "orders:read_any": STAFF,
  "orders:claim": SIGNED_IN,
  "orders:request_link": ANYBODY,
  "orders:link": STAFF,
  "orders:bulk": STAFF,
  "orders:move": STAFF,
  "orders:reopen": STAFF,
  "orders:edit": STAFF,
  "orders:ship": STAFF,
  "orders:request_return": ANYBODY,
  "orders:return": STAFF,
  "orders:delete": ADMIN,
  "orders:choose_policy": ADMIN,
  "orders:choose_customer": STAFF,
  "fulfillments:read": STAFF,
  "carts:use": ANYBODY,
  "carts:use_any": STAFF,
  "carts:claim": SIGNED_IN,
  "payments:read_methods": ANYBODY,
  "payments:begin": ANYBODY,
  "payments:notify": ANYBODY,
  "payments:confirm": STAFF,
  "payments:refund": STAFF,
  "payments:read": STAFF,
  "users:register": ANYBODY,
  "users:sign_in": ANYBODY,
  "users:read_self": SIGNED_IN,
  "users:change_self": SIGNED_IN,
  "users:manage": ADMIN,
  "keys:manage": ADMIN,
  "webhooks:manage": ADMIN,
  "audit_log:read": ADMIN,
  "health:read": ANYBODY,
} as const satisfies Record<string, readonly Asking[]>;

export type Action = keyof typeof RIGHTS;

export const ACTIONS = Object.keys(RIGHTS) as [Action, ...Action[]];

/** The rights that an API key can have: not those of guests, none that could extend its own rights, and none of a person. */
export const KEY_ACTIONS = ACTIONS.filter(
  (action) => !mayRole("guest", action) && !action.startsWith("users:") && action !== "keys:manage" && !action.endsWith(":claim"),
) as [Action, ...Action[]];

/** Whether a role has a right. */
export function mayRole(role: Asking, action: Action): boolean {
  return (RIGHTS[action] as readonly Asking[]).includes(role);
}
