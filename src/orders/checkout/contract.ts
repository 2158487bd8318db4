import { createRoute } from "@hono/zod-openapi";
import { operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { TURNSTILE_REFUSALS, turnstileHeaderSchema } from "../../http/turnstile.ts";
import { countrySchema, idSchema, jsonAnswer, jsonBody } from "../../http/validate.ts";
import { withNotes } from "../notes-contract.ts";
import { buyerSchema, placedSchema } from "../placement/contract.ts";

const checkoutBody = buyerSchema
  .extend({
    cart_id: idSchema.openapi({ example: "CRT7Q2M4X0C9V5T1B8N3K6J2H4G5F" }),
    country: countrySchema.optional().openapi({ description: "Default: the cart's, and then its postal code too." }),
  })
  .transform(withNotes)
  .openapi("Checkout");

export const checkOut = createRoute({
  method: "post",
  path: "/",
  tags: ["Carts"],
  summary: "Check out a cart",
  ...operation("checkOut", "orders:place"),
  description:
    "The cart's reservation becomes the order's, at the prices of the cart. A line whose reservation expired is reserved and priced again; where the total then differs from the cart's or from `expected_total`, the checkout is refused as `total_changed`. A cart becomes one order: every other checkout of it is refused as `cart_checked_out`, and a repeat with the same key gets the order.",
  request: { headers: idempotencyHeaderSchema.extend(turnstileHeaderSchema.shape), body: jsonBody(checkoutBody) },
  responses: {
    201: jsonAnswer("The order; with a key, also on every repeat of it.", placedSchema),
    ...problems(
      ...(["malformed_json", "idempotency_key_invalid", "idempotency_key_too_weak", "forbidden", "not_found"] as const),
      ...([
        "insufficient_stock",
        "total_changed",
        "cart_checked_out",
        "max_per_order_exceeded",
        "max_per_customer_exceeded",
        "hold_share_exceeded",
        "contact_required",
        "address_required",
        "body_too_large",
        "unsupported_media_type",
      ] as const),
      ...(["validation_failed", "idempotency_key_reused", "order_too_large", "country_not_served"] as const),
      ...(["self_service_unavailable", "rate_limited", "unresolved"] as const),
      ...TURNSTILE_REFUSALS,
    ),
  },
});
