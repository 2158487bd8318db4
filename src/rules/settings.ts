/** What `wrangler.toml` binds and orders, sign-ins and carts need. */
const BINDINGS = ["DB", "STOCK", "ORDER_LIMITER", "SIGN_IN_LIMITER", "ADDRESS_LIMITER", "CART_LIMITER", "SEARCH_LIMITER"];

/** Bindings that other requests need: the shop sells without them. */
const FURTHER_BINDINGS = ["ASSETS"];

/** Settings that are of no use without each other. */
const TOGETHER = [
  {
    names: ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
    because: "payments at Stripe need both: one begins them, the other verifies what Stripe reports",
  },
];

/** @returns one line for each binding that an environment lacks and cannot do without */
export function missingBindings(env: Readonly<Record<string, unknown>>): string[] {
  return unbound(BINDINGS, env);
}

/** @returns one line for each binding that an environment lacks and sells without */
export function missingFurther(env: Readonly<Record<string, unknown>>): string[] {
  return unbound(FURTHER_BINDINGS, env);
}

function unbound(names: readonly string[], env: Readonly<Record<string, unknown>>): string[] {
  return names.filter((name) => env[name] === undefined).map((name) => `${name}: the binding is missing`);
}

/** @returns one line for each setting that is missing beside one that is set */
export function halfConfigured(settings: Readonly<Record<string, unknown>>): string[] {
  return TOGETHER.flatMap(({ names, because }) => {
    const missing = names.filter((name) => settings[name] === undefined);
    const given = names.filter((name) => settings[name] !== undefined);
    if (given.length === 0) return [];
    return missing.map((name) => `${name}: not set, while ${given.join(", ")} is; ${because}`);
  });
}
