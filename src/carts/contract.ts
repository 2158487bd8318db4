import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { idempotencyHeaderSchema } from "../http/idempotency.ts";
import { problems } from "../http/problem.ts";
import { TURNSTILE_REFUSALS, turnstileHeaderSchema } from "../http/turnstile.ts";
import { blankable, countrySchema, idSchema, jsonAnswer, jsonBody, postalCodeSchema, quantitySchema } from "../http/validate.ts";
import { promoCodeSchema, tierSchema } from "../pricing/contract.ts";
import { cartSchema, claimedSchema } from "./cart-contract.ts";

const createBody = z
  .strictObject({
    country: countrySchema.optional().openapi({ description: "Default: the shop's." }),
    postal_code: blankable(postalCodeSchema),
  })
  .openapi("CreateCart");

const addBody = z
  .strictObject({
    variant_id: idSchema.optional().openapi({ description: "Required if the product has several variants." }),
    product_id: idSchema.optional(),
    quantity: quantitySchema.openapi({ description: "The new quantity of the line, not an increment." }),
    promo_code: promoCodeSchema.nullish().openapi({ description: "For the whole cart. Absent or null keeps the cart's code." }),
    user_tier: tierSchema.optional().openapi({ description: "Default: the signed-in customer's own." }),
    country: countrySchema.optional().openapi({ description: "The destination, stored in the cart." }),
    postal_code: blankable(postalCodeSchema),
  })
  .check((context) => {
    const { variant_id: variantId, product_id: productId } = context.value;
    if (variantId !== undefined || productId !== undefined) return;
    context.issues.push({ code: "custom", path: ["variant_id"], message: "give variant_id or product_id", input: context.value });
  })
  .openapi("AddToCart");

const changeBody = z
  .strictObject({
    quantity: quantitySchema.optional(),
    promo_code: promoCodeSchema.nullish(),
    user_tier: tierSchema.optional().openapi({ description: "Default: the line's own." }),
  })
  .check((context) => {
    const { quantity, promo_code: promoCode, user_tier: tier } = context.value;
    if (quantity !== undefined || promoCode !== undefined || tier !== undefined) return;
    const message = "give quantity, promo_code or user_tier";
    context.issues.push({ code: "custom", path: ["quantity"], message, input: context.value });
  })
  .openapi("ChangeCartItem");

const promoBody = z
  .strictObject({ promo_code: promoCodeSchema.nullable().openapi({ description: "Null removes the cart's code." }) })
  .openapi("CartPromoCode");

const cartParams = z.object({ cart_id: idSchema });
const itemParams = cartParams.extend({ item_id: idSchema.openapi({ description: "The variant's id." }) });

const KEY_REFUSALS = [
  ...(["idempotency_key_invalid", "idempotency_key_too_weak", "idempotency_key_reused", "unresolved"] as const),
] as const;
const BODY_REFUSALS = ["malformed_json", "body_too_large", "unsupported_media_type", "validation_failed"] as const;
const EDIT_REFUSALS = [
  ...KEY_REFUSALS,
  ...(["not_found", "insufficient_stock", "more_than_share", "checking_out", "cart_checked_out"] as const),
  ...(["max_per_order_exceeded", "hold_share_exceeded"] as const),
  ...(["country_not_served", "order_too_large", "body_too_large", "validation_failed"] as const),
] as const;

export const createCart = createRoute({
  method: "post",
  path: "/",
  tags: ["Carts"],
  summary: "Create a cart",
  ...operation("createCart", "carts:use"),
  description:
    "A guest's cart is accessed by its id alone. A signed-in customer has one open cart, which is returned if it exists.",
  request: { headers: idempotencyHeaderSchema.extend(turnstileHeaderSchema.shape), body: jsonBody(createBody) },
  responses: {
    201: jsonAnswer("The empty cart.", cartSchema),
    200: jsonAnswer("The customer's open cart.", cartSchema),
    ...problems("not_found", "rate_limited", ...TURNSTILE_REFUSALS, ...KEY_REFUSALS, ...BODY_REFUSALS),
  },
});

export const showCart = createRoute({
  method: "get",
  path: "/{cart_id}",
  tags: ["Carts"],
  summary: "Get a cart, with what changed since it was last read",
  ...operation("showCart", "carts:use"),
  description:
    "A reserved line keeps the price from when it was reserved. Each lost line is reported once. An account's cart is visible to its customer and to staff.",
  request: { params: cartParams },
  responses: { 200: jsonAnswer("The cart.", cartSchema), ...problems("not_found", "validation_failed") },
});

export const addItem = createRoute({
  method: "post",
  path: "/{cart_id}/items",
  tags: ["Carts"],
  summary: "Set the quantity of a variant in a cart and reserve it",
  ...operation("addItem", "carts:use"),
  description:
    "Only the difference is reserved or released. Each change extends the reservations of the whole cart, up to a limit. Repeated with its key, it returns the cart as it is now.",
  request: { params: cartParams, headers: idempotencyHeaderSchema, body: jsonBody(addBody) },
  responses: {
    200: jsonAnswer("The cart; each item has its `reserved_until`.", cartSchema),
    ...problems("tier_not_verified", "rate_limited", ...BODY_REFUSALS, ...EDIT_REFUSALS),
  },
});

export const changeItem = createRoute({
  method: "patch",
  path: "/{cart_id}/items/{item_id}",
  tags: ["Carts"],
  summary: "Change a line's quantity or price tier, or the cart's promo code",
  description: "`promo_code` is the whole cart's; null removes it.",
  ...operation("changeItem", "carts:use"),
  request: { params: itemParams, headers: idempotencyHeaderSchema, body: jsonBody(changeBody) },
  responses: {
    200: jsonAnswer("The cart.", cartSchema),
    ...problems("tier_not_verified", "rate_limited", ...BODY_REFUSALS, ...EDIT_REFUSALS),
  },
});

export const removeItem = createRoute({
  method: "delete",
  path: "/{cart_id}/items/{item_id}",
  tags: ["Carts"],
  summary: "Remove a line from a cart and release its units",
  ...operation("removeItem", "carts:use"),
  request: { params: itemParams, headers: idempotencyHeaderSchema },
  responses: { 200: jsonAnswer("The cart.", cartSchema), ...problems(...EDIT_REFUSALS) },
});

export const setPromoCode = createRoute({
  method: "put",
  path: "/{cart_id}/promo-code",
  tags: ["Carts"],
  summary: "Set or remove the promo code of a cart",
  ...operation("setPromoCode", "carts:use"),
  description:
    "The code is the whole cart's: its rules are computed anew with every change of the cart. The cart says what it takes off, or why it takes off nothing.",
  request: { params: cartParams, headers: idempotencyHeaderSchema, body: jsonBody(promoBody) },
  responses: {
    200: jsonAnswer("The cart.", cartSchema),
    ...problems("not_found", "cart_checked_out", "rate_limited", ...KEY_REFUSALS, ...BODY_REFUSALS),
  },
});

export const claimCart = createRoute({
  method: "post",
  path: "/{cart_id}/claim",
  tags: ["Carts"],
  summary: "Attach a guest's cart to the signed-in account",
  ...operation("claimCart", "carts:claim"),
  description:
    "If the account has an open cart, the guest's lines are added to it, quantities summed, and the guest's cart is emptied. Lines that cannot be reserved stay in the cart and are listed in `not_reserved`.",
  request: { params: cartParams, headers: idempotencyHeaderSchema },
  responses: {
    200: jsonAnswer("The account's cart.", claimedSchema),
    ...problems(
      ...(["forbidden", "not_found", "cart_checked_out", "validation_failed", "order_too_large"] as const),
      ...(["idempotency_key_invalid", "idempotency_key_reused", "body_too_large", "unresolved"] as const),
    ),
  },
});

export type AddBody = z.output<typeof addBody>;
