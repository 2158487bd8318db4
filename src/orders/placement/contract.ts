import { createRoute, z } from "@hono/zod-openapi";
import { addressOrTextSchema } from "../../http/address.ts";
import { operation } from "../../http/auth.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import {
  blankable,
  countrySchema,
  emailSchema,
  idSchema,
  jsonAnswer,
  jsonBody,
  postalCodeSchema,
  quantitySchema,
  sumSchema,
  textSchema,
} from "../../http/validate.ts";
import { TURNSTILE_REFUSALS, turnstileHeaderSchema } from "../../http/turnstile.ts";
import { promoCodeSchema } from "../../pricing/contract.ts";
import { POLICIES } from "../../stock/rules/allocate.ts";
import { DELIVERY_METHODS } from "../../warehouses/rules/delivery.ts";
import { orderSchema } from "../contract.ts";
import { withNotes } from "../notes-contract.ts";
import { PAYMENT_METHODS } from "../../rules/payment-methods.ts";

/** Lines of one order, before bundles are exploded. */
const MAX_LINES = 100;

/** Members that clients of other order APIs send with a line. Holdfast names and prices every line itself. */
const notUsed = z
  .unknown()
  .optional()
  .openapi({ description: "Accepted and not used: Holdfast names and prices every line.", deprecated: true });

const lineSchema = z
  .strictObject({
    product_id: idSchema,
    variant_id: idSchema.optional().openapi({ description: "Required only where the product has several variants." }),
    quantity: quantitySchema,
    name: notUsed,
    price: notUsed,
    unit_price: notUsed,
  })
  .transform(({ product_id, variant_id, quantity }) => ({
    product_id,
    ...(variant_id !== undefined && { variant_id }),
    quantity,
  }));

/** The buyer, and how the order is delivered and paid. */
export const buyerSchema = z.strictObject({
  customer_name: textSchema(200).openapi({ example: "Asha" }),
  customer_email: blankable(emailSchema),
  customer_phone: blankable(textSchema(32)).openapi({
    description:
      "Stored as E.164; numbers without a country code are of the shop's country. A text that is no phone number is kept, and is no contact.",
    example: "+91 98450 12345",
  }),
  delivery_address: blankable(addressOrTextSchema).openapi({
    description:
      "One text, or an address in its parts, whose `postal_code` and `country` are the order's. Some delivery methods require one.",
  }),
  address_id: idSchema.optional().openapi({
    description:
      "Instead of `delivery_address`: an address of the caller's own book, or where staff name `user_id`, of that customer's. It is copied.",
    example: undefined,
  }),
  postal_code: blankable(postalCodeSchema),
  country: countrySchema.optional().openapi({ description: "Default: the shop's." }),
  delivery_method: z.enum(DELIVERY_METHODS).default("curbside"),
  payment_method: z.enum(PAYMENT_METHODS).default("cod"),
  notes: blankable(textSchema(1_000)),
  delivery_notes: blankable(textSchema(1_000)).openapi({ description: "Another name of `notes`.", deprecated: true }),
  user_id: idSchema.optional().openapi({
    description:
      "The account that the order belongs to: the caller's own, or any customer's where staff order. Default: a customer's own.",
  }),
  expected_total: sumSchema.optional().openapi({
    description: "The total that the shopper expects: any other is refused as `total_changed`, and nothing is reserved.",
  }),
});

const placeBody = buyerSchema
  .extend({
    items: z.array(lineSchema).min(1).max(MAX_LINES).optional(),
    item: textSchema(64).optional().openapi({ description: "With `quantity`, an order of one line: a product's id or a SKU." }),
    quantity: quantitySchema.optional(),
    promo_code: blankable(promoCodeSchema),
    allocation_policy: z.enum(POLICIES).optional().openapi({ description: "For admins; default: the shop's." }),
  })
  .check((context) => {
    const { items, item, quantity } = context.value;
    const refuse = (field: string, message: string) =>
      context.issues.push({ code: "custom", path: [field], message, input: context.value });
    if ((items === undefined) === (item === undefined)) refuse("items", "give either items, or item with quantity");
    else if (item !== undefined && quantity === undefined) refuse("quantity", "is required with item");
  })
  .transform(withNotes)
  .openapi("PlaceOrder");

export const placedSchema = orderSchema
  .extend({ order_token: z.string().openapi({ description: "A bearer token for this order; keep it." }) })
  .openapi("PlacedOrder");

export const placeOrder = createRoute({
  method: "post",
  path: "/",
  tags: ["Orders"],
  summary: "Place an order",
  ...operation("placeOrder", "orders:place"),
  description:
    "Open to guests; guests and customers are rate-limited. A customer's token attaches the order to the account; an admin's allows `allocation_policy`. A promo code that takes nothing off is refused as `total_changed`, unless `expected_total` is the total.",
  request: { headers: idempotencyHeaderSchema.extend(turnstileHeaderSchema.shape), body: jsonBody(placeBody) },
  responses: {
    201: jsonAnswer("The order; with a key, also on every repeat of it.", placedSchema),
    ...problems(
      ...([
        "malformed_json",
        "idempotency_key_invalid",
        "idempotency_key_too_weak",
        "forbidden",
        "not_found",
        "insufficient_stock",
        "total_changed",
        "max_per_order_exceeded",
        "max_per_customer_exceeded",
        "hold_share_exceeded",
      ] as const),
      ...([
        "body_too_large",
        "unsupported_media_type",
        "validation_failed",
        "idempotency_key_reused",
        "order_too_large",
        "contact_required",
        "address_required",
      ] as const),
      ...(["country_not_served", "self_service_unavailable", "rate_limited", "unresolved"] as const),
      ...TURNSTILE_REFUSALS,
    ),
  },
});

export type BuyerBody = Omit<z.output<typeof buyerSchema>, "delivery_notes">;
export type PlaceBody = z.output<typeof placeBody>;
