/** What a user is; each has the rights of its own row alone. */
export const ROLES = ["customer", "staff", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** What a customer's prices go by. */
export const TIERS = ["standard", "silver", "gold"] as const;
export type Tier = (typeof TIERS)[number];

/** Who may ask at all: a guest has no token, or one order's. */
export type Asking = "guest" | Role;

const ANYBODY = ["guest", "customer", "staff", "admin"] as const;
const SIGNED_IN = ["customer", "staff", "admin"] as const;
const STAFF = ["staff", "admin"] as const;
const ADMIN = ["admin"] as const;

/**
 * Rights: who may do what. Each route names the action that it needs, and a test asks every route as each of them.
 * Where an action is for anybody, what may be reached is its verb's to say: a guest's own order by its token, a customer's own.
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
  "orders:move": STAFF,
  "orders:return": STAFF,
  "orders:delete": ADMIN,
  "orders:choose_policy": ADMIN,
  "carts:use": ANYBODY,
  "carts:use_any": STAFF,
  "carts:claim": SIGNED_IN,
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

/** What a machine's key can be given: nothing that anybody may, or by which it could give itself more, or that belongs to a person. */
export const KEY_ACTIONS = ACTIONS.filter(
  (action) => !mayRole("guest", action) && !action.startsWith("users:") && action !== "keys:manage" && !action.endsWith(":claim"),
) as [Action, ...Action[]];

/** Whether a role has a right. */
export function mayRole(role: Asking, action: Action): boolean {
  return (RIGHTS[action] as readonly Asking[]).includes(role);
}
