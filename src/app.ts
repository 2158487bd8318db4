import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import { catalogRoutes } from "./catalog/routes.ts";
import { Refusal } from "./errors.ts";
import { identifyCaller } from "./http/auth.ts";
import { addDocs } from "./http/openapi.ts";
import { answerProblem } from "./http/problem.ts";
import { type BindDeps, perRequest } from "./http/request.ts";
import { createRouter } from "./http/validate.ts";
import { deliveryRoutes, postalCodeRoutes } from "./warehouses/delivery-routes.ts";
import { warehouseRoutes } from "./warehouses/routes.ts";
import { orderRoutes } from "./orders/routes.ts";

const MAX_BODY_BYTES = 64 * 1024;
const CORS_MAX_AGE_S = 86_400;
const VERSION = "0.1.0";

/** The whole API: what every request passes through, and where each slice is mounted. */
export function createApp(bind: BindDeps) {
  const app = createRouter();
  app.onError(answerProblem);
  app.notFound((c) => answerProblem(new Refusal("not_found", "There is nothing at this address."), c));
  app.use(perRequest(bind));
  app.use(secureHeaders());
  app.use((c, next) => storefrontCors(c.var.deps.config.allowedOrigins)(c, next));
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  app.use("/api/*", identifyCaller);
  app.route("/api/v1/orders", orderRoutes);
  app.route("/api/v1/products", catalogRoutes);
  app.route("/api/v1/warehouses", warehouseRoutes);
  app.route("/api/v1/delivery", deliveryRoutes);
  app.route("/api/v1/postal-codes", postalCodeRoutes);
  addDocs(app, VERSION);
  return app;
}

function storefrontCors(allowedOrigins: string[]) {
  return cors({
    origin: allowedOrigins.includes("*") ? "*" : allowedOrigins,
    allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key"],
    exposeHeaders: ["Idempotency-Replayed", "Location", "Retry-After", "Server-Timing", "X-Request-Id"],
    maxAge: CORS_MAX_AGE_S,
  });
}

function tooLarge(): never {
  throw new Refusal("body_too_large", "The body may have 64 KiB at most.");
}
