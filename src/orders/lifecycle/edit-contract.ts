import { createRoute, z } from "@hono/zod-openapi";
import { addressOrTextSchema } from "../../http/address.ts";
import { operation } from "../../http/auth.ts";
import { editHeadersSchema } from "../../http/etag.ts";
import { problems } from "../../http/problem.ts";
import { emailSchema, jsonBody, postalCodeSchema, textSchema } from "../../http/validate.ts";
import { orderParams } from "../contract.ts";
import { withNotes } from "../notes-contract.ts";
import { MAX_TAGS } from "../rules/edit.ts";
import { answer, BODY_REFUSALS } from "./contract.ts";

const editBody = z
  .strictObject({
    customer_name: textSchema(200).optional(),
    customer_email: emailSchema.nullable().optional(),
    customer_phone: textSchema(32).nullable().optional(),
    delivery_address: z.union([addressOrTextSchema, z.null()]).optional().openapi({
      description:
        "One text, or an address in its parts, whose `postal_code` is the order's then. Its `country` cannot be another.",
    }),
    postal_code: postalCodeSchema.nullable().optional(),
    notes: textSchema(1_000).nullable().optional(),
    delivery_notes: textSchema(1_000)
      .nullable()
      .optional()
      .openapi({ description: "Another name of `notes`.", deprecated: true }),
    staff_note: textSchema(2_000).nullable().optional().openapi({ description: "Never shown to the customer." }),
    tags: z
      .array(textSchema(40))
      .max(MAX_TAGS)
      .optional()
      .openapi({ description: "Replaces all tags. Never shown to the customer." }),
  })
  .transform(withNotes)
  .openapi("EditOrder");

export const editOrder = createRoute({
  method: "patch",
  path: "/{order_id}",
  tags: ["Orders"],
  summary: "Change whom an order is for and where it goes, and note something about it",
  ...operation("editOrder", "orders:edit"),
  description:
    "Name, contact, address and `notes` until something of the order leaves; `staff_note` and `tags` at any time. What is left out stays; null removes it. Which warehouses supply the order, and what it costs, stay too.",
  request: { params: orderParams, headers: editHeadersSchema, body: jsonBody(editBody) },
  responses: {
    ...answer("The order as it is now."),
    ...problems("precondition_failed", "forbidden", "address_required", ...BODY_REFUSALS),
  },
});

export type EditBody = z.output<typeof editBody>;
