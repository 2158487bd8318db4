import type { MiddlewareHandler, Next } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { addressRoutes } from "./accounts/addresses/routes.ts";
import { authRoutes } from "./accounts/auth-routes.ts";
import { keyRoutes } from "./accounts/keys-routes.ts";
import { userRoutes } from "./accounts/routes.ts";
import { bulkRoutes } from "./catalog/bulk/routes.ts";
import { cartRoutes } from "./carts/routes.ts";
import { imageFileRoutes, imageRoutes } from "./catalog/images/routes.ts";
import { catalogRoutes } from "./catalog/routes.ts";
import { Refusal, refusedField } from "./errors.ts";
import { alertRoutes, auditRoutes } from "./events/log-routes.ts";
import { webhookRoutes } from "./events/webhook-routes.ts";
import { healthRoutes } from "./health/routes.ts";
import { identifyCaller } from "./http/auth.ts";
import { bufferBody } from "./http/body.ts";
import type { AppContext } from "./http/context.ts";
import { limitInFlight } from "./http/in-flight.ts";
import { addDocs } from "./http/openapi.ts";
import { answerProblem } from "./http/problem.ts";
import { type BindDeps, perRequest } from "./http/request.ts";
import { createRouter } from "./http/router.ts";
import { checkCurrency } from "./shop/check-currency.ts";
import { priceRoutes } from "./pricing/routes.ts";
import { pricingRuleRoutes } from "./pricing/rules-routes.ts";
import { taxRoutes } from "./pricing/taxes-routes.ts";
import { stockAuditRoutes } from "./stock/audit/routes.ts";
import { countRoutes } from "./stock/adjustments/count-routes.ts";
import { adjustmentRoutes } from "./stock/adjustments/routes.ts";
import { inventoryRoutes } from "./stock/reports/routes.ts";
import { movementRoutes } from "./stock/reports/movements-routes.ts";
import { availabilityRoutes, categoryRoutes, productRoutes } from "./stock/storefront/routes.ts";
import { transferRoutes } from "./stock/transfers/routes.ts";
import { deliveryRoutes, postalCodeRoutes } from "./warehouses/delivery-routes.ts";
import { warehouseRoutes } from "./warehouses/routes.ts";
import { bulkOrderRoutes } from "./orders/bulk/routes.ts";
import { lifecycleRoutes } from "./orders/lifecycle/routes.ts";
import { linkRoutes } from "./orders/links/routes.ts";
import { returnListRoutes, returnRoutes } from "./orders/returns/routes.ts";
import { fulfillmentRoutes, shipmentRoutes } from "./orders/fulfillment/routes.ts";
import { checkoutRoutes } from "./orders/checkout/routes.ts";
import { orderRoutes } from "./orders/placement/routes.ts";
import { methodRoutes, paymentRoutes } from "./payments/routes.ts";
import { stripeRoutes } from "./payments/stripe-routes.ts";

const MAX_BODY_BYTES = 64 * 1024;
/** Routes that read their own body, with their own limit, after they have checked the caller. */
const READS_ITS_BODY = /^\/api\/v1\/(?:inventory\/counts\/import|products\/(?:import|[^/]+\/images))$/;
const CORS_MAX_AGE_S = 86_400;
/** Its events are signed as bytes. */
const STRIPE_PATH = "/api/v1/webhooks/stripe";
const VERSION = "0.3.0";

/** Security headers of hono that browsers ignore today or that have no meaning for JSON. Each one costs time per answer. */
const UNNEEDED_HEADERS = {
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} satisfies Parameters<typeof secureHeaders>[0];

const secureAnswer = secureHeaders(UNNEEDED_HEADERS);
/** Storefronts of other origins show images. */
const secureImage = secureHeaders({ ...UNNEEDED_HEADERS, crossOriginResourcePolicy: "cross-origin" });

/** The whole API: the middleware of every request, and the routes of each slice. */
export function createApp(bind: BindDeps) {
  const app = createRouter();
  app.onError(answerProblem);
  app.notFound((c) => answerProblem(new Refusal("not_found", "No such path."), c));
  app.use(perRequest(bind));
  app.use((c, next) => (c.req.path.startsWith("/images/") ? secureImage(c, next) : secureAnswer(c, next)));
  app.use(allowStorefronts);
  app.use((c, next) => (readsItsBody(c) ? next() : limitBody(c, () => buffered(c, next))));
  app.use("/api/*", limitInFlight());
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));
  app.use("/api/*", checkSettings);
  app.use("/api/*", identifyCaller);
  app.use("/health", identifyCaller);
  app.use("/images/*", identifyCaller);
  app.route("/api/v1/carts", cartRoutes);
  app.route("/api/v1/checkout", checkoutRoutes);
  app.route("/api/v1/orders", orderRoutes);
  app.route("/api/v1/orders", bulkOrderRoutes);
  app.route("/api/v1/orders", lifecycleRoutes);
  app.route("/api/v1/orders", shipmentRoutes);
  app.route("/api/v1/orders", returnRoutes);
  app.route("/api/v1/orders", linkRoutes);
  app.route("/api/v1/returns", returnListRoutes);
  app.route("/api/v1/fulfillments", fulfillmentRoutes);
  app.route("/api/v1/orders", paymentRoutes);
  app.route("/api/v1/payment", methodRoutes);
  addCatalogue(app);
  app.route("/api/v1/pricing-rules", pricingRuleRoutes);
  app.route("/api/v1/tax-rates", taxRoutes);
  for (const routes of [availabilityRoutes, adjustmentRoutes, countRoutes, inventoryRoutes, movementRoutes])
    app.route("/api/v1/inventory", routes);
  app.route("/api/v1/inventory/transfers", transferRoutes);
  app.route("/api/v1/inventory/audit", stockAuditRoutes);
  app.route("/", healthRoutes);
  app.route("/api/v1/warehouses", warehouseRoutes);
  app.route("/api/v1/delivery", deliveryRoutes);
  app.route("/api/v1/postal-codes", postalCodeRoutes);
  app.route("/api/v1/users/me/addresses", addressRoutes);
  app.route("/api/v1/users", userRoutes);
  app.route("/api/v1/auth", authRoutes);
  app.route("/api/v1/api-keys", keyRoutes);
  app.route("/api/v1/audit-log", auditRoutes);
  app.route("/api/v1/alerts", alertRoutes);
  app.route("/api/v1/webhook-endpoints", webhookRoutes);
  app.route(STRIPE_PATH, stripeRoutes);
  addDocs(app, VERSION);
  return app;
}

/** Products, their images and their categories. A fixed path comes before one with a parameter. */
function addCatalogue(app: ReturnType<typeof createRouter>): void {
  app.route("/api/v1/products", bulkRoutes);
  app.route("/api/v1/products", catalogRoutes);
  app.route("/api/v1/products", imageRoutes);
  app.route("/images", imageFileRoutes);
  app.route("/api/v1/products", productRoutes);
  app.route("/api/v1/products", priceRoutes);
  app.route("/api/v1/categories", categoryRoutes);
}

/** JSON is buffered and limited wherever it comes. */
function readsItsBody(c: AppContext): boolean {
  const isJson = /^application\/json\b/i.test(c.req.header("Content-Type") ?? "");
  return c.req.method === "POST" && READS_ITS_BODY.test(c.req.path) && !isJson;
}

async function buffered(c: AppContext, next: Next): Promise<void> {
  await bufferBody(c, { isSigned: c.req.path === STRIPE_PATH });
  await next();
}

const limitBody = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });

/**
 * Applies hono's CORS after the handler: for headers that are set before the answer exists, hono would build the answer twice, with its
 * body as a stream.
 */
async function allowStorefronts(c: AppContext, next: Next): Promise<Response | void> {
  const allow = storefrontCors(c.var.deps.config.allowedOrigins);
  if (c.req.method === "OPTIONS") return allow(c, next);
  await next();
  await allow(c, async () => undefined);
}

/** One middleware per settings; an isolate reads its settings once. */
const corsByOrigins = new WeakMap<string[], MiddlewareHandler>();

function storefrontCors(allowedOrigins: string[]): MiddlewareHandler {
  const known = corsByOrigins.get(allowedOrigins) ?? makeCors(allowedOrigins);
  corsByOrigins.set(allowedOrigins, known);
  return known;
}

function makeCors(allowedOrigins: string[]): MiddlewareHandler {
  return cors({
    origin: allowedOrigins.includes("*") ? "*" : allowedOrigins,
    allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "CF-Turnstile-Response"],
    exposeHeaders: ["ETag", "Idempotency-Replayed", "Location", "Retry-After", "Server-Timing", "X-Request-Id"],
    maxAge: CORS_MAX_AGE_S,
  });
}

/** Refuses everything where amounts would be read as something else than they are. */
async function checkSettings(c: AppContext, next: Next): Promise<void> {
  await checkCurrency(c.var.deps);
  await next();
}

function tooLarge(): never {
  throw refusedField("body_too_large", "body", "must be at most 64 KiB");
}

function refuseMethod(c: AppContext, allowed: string[]): Response {
  c.header("Allow", allowed.join(", "));
  return answerProblem(new Refusal("method_not_allowed", `Allowed methods: ${allowed.join(", ")}.`), c);
}
