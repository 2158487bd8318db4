import { z } from "@hono/zod-openapi";
import type { AddressLines } from "../rules/address.ts";
import { blankable, countrySchema, postalCodeSchema, textSchema } from "./validate.ts";

/** The longest address that is one text. The lines of one in parts are together no longer. */
const MAX_TEXT = 500;
const MAX_LINE1 = 200;
const MAX_LINE2 = 120;
const MAX_PLACE = 85;

/** A part of an address is one line. */
function partSchema(max: number) {
  return textSchema(max).transform((text) => text.replaceAll(/\s+/g, " "));
}

/** The parts of an address, named as Stripe names them, with the `region` of the browsers' Payment Request API for its `state`. */
export const addressParts = {
  line1: partSchema(MAX_LINE1).openapi({ description: "Street and number, or a post box.", example: "12 Lake Road" }),
  line2: partSchema(MAX_LINE2).openapi({ description: "Flat, floor or building." }),
  city: partSchema(MAX_PLACE).openapi({ example: "Bengaluru" }),
  region: partSchema(MAX_PLACE).openapi({
    description: "State, province or prefecture: its name, or its code of ISO 3166-2. Kept as it is written.",
    example: "IN-KA",
  }),
  postal_code: postalCodeSchema,
  country: countrySchema,
};

/** The members of a whole address. */
export const addressMembers = {
  line1: addressParts.line1,
  line2: blankable(addressParts.line2),
  city: addressParts.city,
  region: blankable(addressParts.region),
  postal_code: blankable(addressParts.postal_code),
  country: blankable(addressParts.country),
};

const addressSchema = z.strictObject(addressMembers).openapi("Address");

/** An address of a request: one text, or its parts. */
export const addressOrTextSchema = z.union([textSchema(MAX_TEXT), addressSchema], {
  error: "must be a text, or an address in its parts",
});

type AddressBody = z.output<typeof addressSchema>;

/** The lines of an address of a request. */
export function addressLinesOf({ line1, line2, city, region }: AddressBody): AddressLines {
  return { line1, line2: line2 ?? null, city, region: region ?? null };
}

/** The members of an address in an answer. */
export const shownAddressMembers = {
  line1: z.string(),
  line2: z.string().nullable(),
  city: z.string(),
  region: z.string().nullable(),
  postal_code: z.string().nullable(),
  country: z.string(),
};

/** The address of an order in an answer. */
const shownAddressSchema = z.union([z.object(shownAddressMembers).openapi("OrderAddress"), z.null()]).openapi({
  description: "Null where the order has no address, or has it as one text.",
});

/** The members of an answer that say where an order goes. */
export const shownDeliveryMembers = {
  delivery_address: z
    .string()
    .nullable()
    .openapi({ description: "One text. Of an address in parts: its lines, city and region." }),
  address: shownAddressSchema,
};
