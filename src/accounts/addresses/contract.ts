import { createRoute, z } from "@hono/zod-openapi";
import { addressMembers, addressParts, shownAddressMembers } from "../../http/address.ts";
import { operation } from "../../http/auth.ts";
import { editHeadersSchema } from "../../http/etag.ts";
import { idempotencyHeaderSchema } from "../../http/idempotency.ts";
import { problems } from "../../http/problem.ts";
import { blankable, idSchema, isoTimeSchema, jsonAnswer, jsonBody, textSchema } from "../../http/validate.ts";
import { MAX_ADDRESSES } from "../rules/address-book.ts";
import { NO_CONTENT } from "../credentials-contract.ts";

const labelSchema = textSchema(40).openapi({ description: "The owner's name for it.", example: "Home" });
const nameSchema = textSchema(200).openapi({ description: "Who receives goods there." });
const phoneSchema = textSchema(32).openapi({
  description: "Stored as E.164; numbers without a country code are of the shop's country.",
});

const newAddressSchema = z
  .strictObject({
    label: blankable(labelSchema),
    name: blankable(nameSchema),
    phone: blankable(phoneSchema),
    ...addressMembers,
    is_default: z
      .boolean()
      .optional()
      .openapi({ description: "Of a book with addresses exactly one is: the first until another is made it." }),
  })
  .openapi("NewAddress");

const { line1, line2, city, region, postal_code, country } = addressParts;

const addressChangeSchema = z
  .strictObject({
    label: labelSchema.nullable(),
    name: nameSchema.nullable(),
    phone: phoneSchema.nullable(),
    line1,
    line2: line2.nullable(),
    city,
    region: region.nullable(),
    postal_code: postal_code.nullable(),
    country,
    is_default: z.boolean().openapi({ description: "`false` only of one that is not the default." }),
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, "give at least one field to change")
  .openapi("AddressChange");

/** An address of a book. Written by `toBookJson`. */
const bookAddressSchema = z
  .object({
    address_id: z.string(),
    label: z.string().nullable(),
    name: z.string().nullable(),
    phone: z.string().nullable(),
    ...shownAddressMembers,
    is_default: z.boolean(),
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
  })
  .openapi("BookAddress");

export type NewAddressBody = z.output<typeof newAddressSchema>;
export type AddressChangeBody = z.output<typeof addressChangeSchema>;

const addressParams = z.object({ address_id: idSchema });

const WRITE_REFUSALS = [
  ...(["idempotency_key_invalid", "forbidden", "not_found", "body_too_large"] as const),
  ...(["validation_failed", "idempotency_key_reused", "unresolved"] as const),
] as const;
const BODY_REFUSALS = ["malformed_json", "unsupported_media_type", ...WRITE_REFUSALS] as const;

export const listAddresses = createRoute({
  method: "get",
  path: "/",
  tags: ["Addresses"],
  summary: "List the addresses of your account",
  ...operation("listAddresses", "users:read_self"),
  responses: {
    200: jsonAnswer(
      `The default first, then the newest; at most ${MAX_ADDRESSES}`,
      z.object({ addresses: z.array(bookAddressSchema) }),
    ),
    ...problems("forbidden", "not_found"),
  },
});

export const addAddress = createRoute({
  method: "post",
  path: "/",
  tags: ["Addresses"],
  summary: "Add an address to your account",
  ...operation("addAddress", "users:change_self"),
  description: "Orders and checkouts take its `address_id` instead of an address.",
  request: { headers: idempotencyHeaderSchema, body: jsonBody(newAddressSchema) },
  responses: { 201: jsonAnswer("The address", bookAddressSchema), ...problems("too_many_addresses", ...BODY_REFUSALS) },
});

export const showAddress = createRoute({
  method: "get",
  path: "/{address_id}",
  tags: ["Addresses"],
  summary: "Read an address of your account",
  ...operation("showAddress", "users:read_self"),
  request: { params: addressParams },
  responses: { 200: jsonAnswer("The address", bookAddressSchema), ...problems("forbidden", "not_found", "validation_failed") },
});

export const changeAddress = createRoute({
  method: "patch",
  path: "/{address_id}",
  tags: ["Addresses"],
  summary: "Change an address of your account",
  ...operation("changeAddress", "users:change_self"),
  description: "What is left out stays; null removes it. Orders keep the address that they were placed with.",
  request: { params: addressParams, headers: editHeadersSchema, body: jsonBody(addressChangeSchema) },
  responses: {
    200: jsonAnswer("The address as it is now", bookAddressSchema),
    ...problems("precondition_failed", ...BODY_REFUSALS),
  },
});

export const deleteAddress = createRoute({
  method: "delete",
  path: "/{address_id}",
  tags: ["Addresses"],
  summary: "Delete an address of your account",
  ...operation("deleteAddress", "users:change_self"),
  description: "Where it was the default, the newest of the others becomes it.",
  request: { params: addressParams, headers: editHeadersSchema },
  responses: { 204: NO_CONTENT, ...problems("precondition_failed", ...WRITE_REFUSALS) },
});
