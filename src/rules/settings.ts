/** What `wrangler.toml` binds. Without one of them some requests would fail, perhaps only the first order. */
const BINDINGS = ["DB", "STOCK", "ASSETS", "ORDER_LIMITER", "SIGN_IN_LIMITER", "ADDRESS_LIMITER", "CART_LIMITER"];

/** Settings that are of no use without each other. */
const TOGETHER = [
  {
    names: ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
    because: "payments at Stripe need both: one begins them, the other verifies what Stripe reports",
  },
];

/** @returns one line for each binding that an environment lacks */
export function missingBindings(env: Readonly<Record<string, unknown>>): string[] {
  return BINDINGS.filter((name) => env[name] === undefined).map((name) => `${name}: the binding is missing`);
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
