import { describe, it } from "vitest";
import { parseConfig } from "../src/config.ts";

const SETTINGS = {
  ENVIRONMENT: "production",
  CURRENCY: "INR",
  COUNTRY: "IN",
  ALLOCATION_POLICY: "nearest_available",
  DEFAULT_WAREHOUSE: "BLR",
  PAYMENT_METHODS: " card:stripe  cod:on_delivery ",
  PAYMENT_WINDOW_MINUTES: "30",
  RESERVATION_MINUTES: "15",
  RESERVATION_MAX_MINUTES: "60",
  CART_MAX_SHARE_PERCENT: "50",
  CASH_NEEDS_CONTACT: "off",
  HOLD_SHARE_PERCENT: "50",
  PRICES_INCLUDE_TAX: "on",
  TAX_DELIVERY: "on",
  STRIPE_API_URL: "https://api.stripe.com",
  TURNSTILE_API_URL: "https://challenges.cloudflare.com",
  REFRESH_GRACE_SECONDS: "30",
  ORDER_EXPIRY_HOURS: "60",
  PROJECTION_FLUSH_MS: "1000",
  ALLOWED_ORIGINS: " https://a.example  https://b.example ",
  MAX_IN_FLIGHT: "128",
  RATE_LIMITS: "on",
  REQUEST_LOG: "off",
  ALLOW_LOCAL_WEBHOOKS: "off",
  ADMIN_TOKEN: "an-admin-token-0123456789",
  ID_SECRET: "an-id-secret-0123456789",
  TOKEN_SECRET: "a-token-secret-0123456789",
  JWT_SECRET: "a-jwt-secret-0123456789-0123456789",
};

describe("parseConfig", () => {
  it("converts every setting to its unit", ({ expect }) => {
    expect(parseConfig(SETTINGS)).toEqual({
      environment: "production",
      currency: "INR",
      currencyDecimals: 2,
      stripeStepMinor: 1,
      country: "IN",
      timeZone: "UTC",
      allocationPolicy: "nearest_available",
      defaultWarehouse: "BLR",
      paymentMethods: [
        { method: "card", paidBy: "stripe" },
        { method: "cod", paidBy: "on_delivery" },
      ],
      cashNeedsContact: false,
      holdSharePercent: 50,
      paymentWindowMs: 1_800_000,
      reservationMs: 900_000,
      reservationMaxMs: 3_600_000,
      cartMaxSharePercent: 50,
      pricesIncludeTax: true,
      taxDelivery: true,
      stripe: { apiUrl: "https://api.stripe.com", secretKey: undefined, webhookSecret: undefined },
      turnstile: { apiUrl: "https://challenges.cloudflare.com", secretKey: undefined },
      refreshGraceMs: 30_000,
      orderExpiryMs: 216_000_000,
      flushIntervalMs: 1_000,
      allowedOrigins: ["https://a.example", "https://b.example"],
      orderLinkUrl: undefined,
      maxInFlight: 128,
      rateLimits: true,
      requestLog: false,
      allowLocalWebhooks: false,
      adminToken: SETTINGS.ADMIN_TOKEN,
      idSecret: SETTINGS.ID_SECRET,
      tokenSecret: SETTINGS.TOKEN_SECRET,
      previousTokenSecret: undefined,
      jwtSecret: SETTINGS.JWT_SECRET,
      previousJwtSecret: undefined,
      incomplete: [],
    });
  });

  it.for([
    [{ STRIPE_SECRET_KEY: "sk_test_0123456789" }, "STRIPE_WEBHOOK_SECRET: not set, while STRIPE_SECRET_KEY is"],
    [{ STRIPE_WEBHOOK_SECRET: "whsec_0123456789" }, "STRIPE_SECRET_KEY: not set, while STRIPE_WEBHOOK_SECRET is"],
  ] as const)("names what is missing beside %o", ([given, problem], { expect }) => {
    expect(parseConfig({ ...SETTINGS, ...given }).incomplete).toEqual([expect.stringContaining(problem)]);
  });

  it("takes a template of links that is right, and says what is wrong with another, without which the shop works", ({
    expect,
  }) => {
    const link = "https://shop.example/orders/{order_id}#token={order_token}";
    const right = parseConfig({ ...SETTINGS, ORDER_LINK_URL: ` ${link}\n` });
    const wrong = parseConfig({ ...SETTINGS, ORDER_LINK_URL: link.replace("#", "?") });

    expect([right.orderLinkUrl, right.incomplete]).toEqual([link, []]);
    expect([wrong.orderLinkUrl, wrong.incomplete]).toEqual([
      undefined,
      [expect.stringMatching(/^ORDER_LINK_URL: must have \{order_token\} behind a #/)],
    ]);
  });

  it("misses nothing where both secrets of Stripe are set", ({ expect }) => {
    const stripe = { STRIPE_SECRET_KEY: "sk_test_0123456789", STRIPE_WEBHOOK_SECRET: "whsec_0123456789" };

    expect(parseConfig({ ...SETTINGS, ...stripe }).incomplete).toEqual([]);
  });

  it.for([
    ["JPY", 0],
    ["HUF", 2],
    ["COP", 2],
    ["IQD", 3],
    ["USD", 2],
    ["KWD", 3],
  ] as const)("knows the decimals of %s", async ([currency, decimals], { expect }) => {
    expect(parseConfig({ ...SETTINGS, CURRENCY: currency }).currencyDecimals).toBe(decimals);
  });

  it.for([
    ["JPY", 1],
    ["KWD", 10],
    ["LYD", 10],
    ["MGA", 100],
    ["ISK", 1],
    ["UGX", 1],
    ["HUF", 1],
    ["TWD", 1],
  ] as const)("knows the smallest amount of %s that Stripe takes", async ([currency, step], { expect }) => {
    expect(parseConfig({ ...SETTINGS, CURRENCY: currency }).stripeStepMinor).toBe(step);
  });

  it.for([
    ["CURRENCY", "rupees"],
    ["CURRENCY", "inr"],
    ["CURRENCY", "ABC"],
    ["CURRENCY", "XXX"],
    ["CURRENCY", "XTS"],
    ["CURRENCY", "XAU"],
    ["CURRENCY", "CLF"],
    ["CURRENCY_DECIMALS", "5"],
    ["CURRENCY_DECIMALS", "two"],
    ["COUNTRY", "India"],
    ["TIME_ZONE", "India"],
    ["TIME_ZONE", "Asia/Atlantis"],
    ["ALLOCATION_POLICY", "cheapest"],
    ["DEFAULT_WAREHOUSE", ""],
    ["PAYMENT_METHODS", ""],
    ["PAYMENT_METHODS", "cod"],
    ["PAYMENT_METHODS", "cod:by_hand"],
    ["PAYMENT_METHODS", "cod:stripe"],
    ["PAYMENT_METHODS", "card:on_delivery"],
    ["PAYMENT_METHODS", "card:stripe:by_hand"],
    ["PAYMENT_METHODS", "card:paypal"],
    ["PAYMENT_METHODS", "cheque:by_hand"],
    ["PAYMENT_METHODS", "card:stripe card:by_hand"],
    ["PAYMENT_WINDOW_MINUTES", "0"],
    ["PAYMENT_WINDOW_MINUTES", "1.5"],
    ["PAYMENT_WINDOW_MINUTES", "1441"],
    ["PAYMENT_WINDOW_MINUTES", "half an hour"],
    ["PROJECTION_FLUSH_MS", "-1"],
    ["PROJECTION_FLUSH_MS", "60001"],
    ["MAX_IN_FLIGHT", "0"],
    ["MAX_IN_FLIGHT", "10001"],
    ["RATE_LIMITS", "true"],
    ["REQUEST_LOG", ""],
    ["ALLOW_LOCAL_WEBHOOKS", "yes"],
    ["ADMIN_TOKEN", "short"],
    ["ADMIN_TOKEN", ""],
    ["ID_SECRET", "short"],
    ["TOKEN_SECRET", ""],
    ["TOKEN_SECRET_PREVIOUS", "short"],
    ["ENVIRONMENT", ""],
    ["JWT_SECRET", "longer-than-16-but-no-32-at-all"],
    ["JWT_SECRET_PREVIOUS", "short"],
  ] as const)("refuses %s = %o, naming it", ([name, value], { expect }) => {
    expect(() => parseConfig({ ...SETTINGS, [name]: value })).toThrow(name);
  });

  it("requires every setting but ADMIN_TOKEN and the previous secrets: no secret has a default", ({ expect }) => {
    const optional = Object.keys(SETTINGS).filter((name) => {
      const { [name as keyof typeof SETTINGS]: _, ...rest } = SETTINGS;
      try {
        return Boolean(parseConfig(rest));
      } catch {
        return false;
      }
    });

    expect(optional).toEqual(["ADMIN_TOKEN"]);
  });
});
