import { z } from "zod";
import { Refusal } from "./errors.ts";
import { toStripeAmount } from "./payments/rules/stripe.ts";
import { countryOf } from "./rules/countries.ts";
import { isoDecimals } from "./rules/currency.ts";
import { linkFault } from "./rules/order-link.ts";
import { type MethodTaken, readMethods } from "./rules/payment-methods.ts";
import { halfConfigured, missingBindings, missingFurther } from "./rules/settings.ts";
import { isTimeZone } from "./rules/time-zone.ts";
import { POLICIES } from "./stock/rules/allocate.ts";

const onOff = z.enum(["on", "off"]).transform((value) => value === "on");
const secret = z.string().min(16).optional();

const country = z.string().transform((text, context) => {
  const code = countryOf(text);
  if (code !== undefined) return code;
  context.addIssue("must be the code of a country (ISO 3166-1)");
  return z.NEVER;
});

const paymentMethods = z.string().transform((text, context) => {
  const methods = readMethods(text);
  if (methods) return methods;
  context.addIssue("must be such as `cod:on_delivery card:stripe upi:by_hand`");
  return z.NEVER;
});

/** HS256 requires a key at least as long as its hash: RFC 7518 §3.2. */
const signingSecret = z.string().min(32);

const settingsSchema = z.object({
  ENVIRONMENT: z.string().min(1),
  CURRENCY: z
    .string()
    .refine((code) => isoDecimals(code) !== undefined, "is no currency of ISO 4217 that goods are sold in, such as INR"),
  CURRENCY_DECIMALS: z.coerce.number().int().min(0).max(4).optional(),
  COUNTRY: country,
  TIME_ZONE: z.string().refine(isTimeZone, "is no time zone of IANA, such as Asia/Kolkata").default("UTC"),
  ALLOCATION_POLICY: z.enum(POLICIES),
  DEFAULT_WAREHOUSE: z.string().min(1),
  PAYMENT_METHODS: paymentMethods,
  HOLD_SHARE_PERCENT: z.coerce.number().int().min(1).max(100),
  CASH_NEEDS_CONTACT: onOff,
  PAYMENT_WINDOW_MINUTES: z.coerce.number().int().min(1).max(1_440),
  RESERVATION_MINUTES: z.coerce.number().int().min(1).max(1_440),
  RESERVATION_MAX_MINUTES: z.coerce.number().int().min(1).max(1_440),
  CART_MAX_SHARE_PERCENT: z.coerce.number().int().min(1).max(100),
  PRICES_INCLUDE_TAX: onOff,
  TAX_DELIVERY: onOff,
  STRIPE_API_URL: z.url(),
  TURNSTILE_API_URL: z.url(),
  REFRESH_GRACE_SECONDS: z.coerce.number().int().min(0).max(300),
  ORDER_EXPIRY_HOURS: z.coerce.number().int().min(1).max(8_760),
  PROJECTION_FLUSH_MS: z.coerce.number().int().min(0).max(60_000),
  ALLOWED_ORIGINS: z.string(),
  ORDER_LINK_URL: z.string().trim().default(""),
  MAX_IN_FLIGHT: z.coerce.number().int().min(1).max(10_000),
  RATE_LIMITS: onOff,
  REQUEST_LOG: onOff,
  ALLOW_LOCAL_WEBHOOKS: onOff,
  ADMIN_TOKEN: secret,
  ID_SECRET: z.string().min(16),
  TOKEN_SECRET: z.string().min(16),
  TOKEN_SECRET_PREVIOUS: secret,
  JWT_SECRET: signingSecret,
  STRIPE_SECRET_KEY: secret,
  STRIPE_WEBHOOK_SECRET: secret,
  TURNSTILE_SECRET_KEY: secret,
  JWT_SECRET_PREVIOUS: signingSecret.optional(),
});

/** The settings of one deployment; wrangler.toml explains each. */
export type Config = ReturnType<typeof parseConfig>;

const configs = new WeakMap<D1Database, Config>();

/**
 * The settings, parsed once per isolate for all its requests and objects. What is wrong with them is logged then.
 * @throws Refusal `misconfigured` for a missing binding, or a missing or invalid setting
 */
export function configOf(env: Env): Config {
  const known = configs.get(env.DB);
  if (known) return known;
  const config = checkedConfig(env);
  if (config.incomplete.length > 0) logProblems(config.incomplete);
  configs.set(env.DB, config);
  return config;
}

function checkedConfig(env: Env): Config {
  const problems = missingBindings({ ...env });
  try {
    const config = parseConfig(env);
    if (problems.length === 0) return { ...config, incomplete: [...missingFurther({ ...env }), ...config.incomplete] };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    problems.push(...error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
  }
  logProblems(problems);
  throw new Refusal("misconfigured", `The settings of this deployment are wrong. ${problems.join(". ")}.`, {
    members: { problems },
  });
}

function logProblems(problems: readonly string[]): void {
  console.error(JSON.stringify({ event: "misconfigured", problems }));
}

/**
 * Reads the settings and secrets of an environment.
 * @throws ZodError for a missing or invalid setting, so that a wrong deployment fails at once
 */
export function parseConfig(env: object) {
  const settings = settingsSchema.parse(env);
  const currencyDecimals = settings.CURRENCY_DECIMALS ?? isoDecimals(settings.CURRENCY) ?? 2;
  return {
    environment: settings.ENVIRONMENT,
    currency: settings.CURRENCY,
    /** Those that D1 has recorded for the shop, once they are read; until then those of the settings. */
    currencyDecimals,
    /** The decimals that the settings demand; absent where ISO 4217 or the record decides. */
    statedDecimals: settings.CURRENCY_DECIMALS,
    stripeStepMinor: stripeStepOf(settings.CURRENCY, currencyDecimals),
    country: settings.COUNTRY,
    timeZone: settings.TIME_ZONE,
    allocationPolicy: settings.ALLOCATION_POLICY,
    defaultWarehouse: settings.DEFAULT_WAREHOUSE,
    paymentMethods: settings.PAYMENT_METHODS as readonly MethodTaken[],
    holdSharePercent: settings.HOLD_SHARE_PERCENT,
    cashNeedsContact: settings.CASH_NEEDS_CONTACT,
    paymentWindowMs: settings.PAYMENT_WINDOW_MINUTES * 60_000,
    reservationMs: settings.RESERVATION_MINUTES * 60_000,
    reservationMaxMs: settings.RESERVATION_MAX_MINUTES * 60_000,
    cartMaxSharePercent: settings.CART_MAX_SHARE_PERCENT,
    pricesIncludeTax: settings.PRICES_INCLUDE_TAX,
    taxDelivery: settings.TAX_DELIVERY,
    stripe: {
      apiUrl: settings.STRIPE_API_URL,
      secretKey: settings.STRIPE_SECRET_KEY,
      webhookSecret: settings.STRIPE_WEBHOOK_SECRET,
    },
    turnstile: { apiUrl: settings.TURNSTILE_API_URL, secretKey: settings.TURNSTILE_SECRET_KEY },
    refreshGraceMs: settings.REFRESH_GRACE_SECONDS * 1_000,
    orderExpiryMs: settings.ORDER_EXPIRY_HOURS * 3_600_000,
    flushIntervalMs: settings.PROJECTION_FLUSH_MS,
    allowedOrigins: settings.ALLOWED_ORIGINS.split(/\s+/).filter(Boolean),
    maxInFlight: settings.MAX_IN_FLIGHT,
    rateLimits: settings.RATE_LIMITS,
    requestLog: settings.REQUEST_LOG,
    allowLocalWebhooks: settings.ALLOW_LOCAL_WEBHOOKS,
    adminToken: settings.ADMIN_TOKEN,
    idSecret: settings.ID_SECRET,
    tokenSecret: settings.TOKEN_SECRET,
    previousTokenSecret: settings.TOKEN_SECRET_PREVIOUS,
    jwtSecret: settings.JWT_SECRET,
    previousJwtSecret: settings.JWT_SECRET_PREVIOUS,
    ...withFaults(settings),
  };
}

interface Tolerated {
  /** The template of links to orders, if the shop has a right one. */
  orderLinkUrl: string | undefined;
  /** One line for each setting or binding that is missing or wrong while the rest of the shop works. */
  incomplete: string[];
}

function withFaults(settings: z.output<typeof settingsSchema>): Tolerated {
  const { ORDER_LINK_URL: template } = settings;
  const incomplete = halfConfigured(settings);
  if (template === "") return { orderLinkUrl: undefined, incomplete };
  const fault = linkFault(template);
  if (fault === undefined) return { orderLinkUrl: template, incomplete };
  return { orderLinkUrl: undefined, incomplete: [...incomplete, `ORDER_LINK_URL: ${fault}`] };
}

/** The settings, with amounts in another number of decimals. */
export function withDecimals(config: Config, currencyDecimals: number): Config {
  if (config.currencyDecimals === currencyDecimals) return config;
  return { ...config, currencyDecimals, stripeStepMinor: stripeStepOf(config.currency, currencyDecimals) };
}

/** The smallest amount of a currency that Stripe takes, in minor units: 10 where it has three decimals. */
function stripeStepOf(currency: string, decimals: number): number {
  return [1, 10, 100].find((minor) => toStripeAmount(minor, currency, decimals) !== undefined) ?? 1_000;
}
