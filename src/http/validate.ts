import { z } from "@hono/zod-openapi";
import type { Next } from "hono";
import { invalidField } from "../errors.ts";
import { countryOf } from "../rules/countries.ts";
import { normalEmail } from "../rules/email.ts";
import { MAX_SUM_MINOR, type Minor, toMajor, toMinor } from "../rules/money.ts";
import type { AppContext } from "./context.ts";

/** An id that a merchant chooses: letters, digits and `. _ -`, at most 64. */
export const idSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "use letters, digits, dots, underscores and hyphens")
  .openapi({ example: "prod-001" });

/** Trimmed text of a bounded length. Text that SQLite or JSON would not return unchanged is refused. */
export function textSchema(max: number) {
  return z.string().trim().min(1).max(max).refine(isPlainText, "must not contain control characters or broken surrogates");
}

/** The `q` of the lists of products. It is not stored, so it may contain the control characters that scanners send. */
export const searchTermsSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => text.isWellFormed(), "must not contain broken surrogates")
  .openapi({ description: "Terms or prefixes, all of which must match, or a barcode.", example: "basmati" });

/** An optional field of a form: absent, null and blank are the same. */
export function blankable<S extends z.ZodType>(schema: S) {
  const isBlank = (value: unknown) => value === null || (typeof value === "string" && value.trim() === "");
  return z.preprocess((value) => (isBlank(value) ? undefined : value), schema.optional());
}

function isPlainText(text: string): boolean {
  // Tabs and line ends are text. NUL would end the string in SQLite's functions.
  return text.isWellFormed() && !/(?![\t\n\r])\p{Cc}/u.test(text);
}

/** An e-mail address in its one spelling: trimmed, in lower case, its domain in ASCII. */
export const emailSchema = z
  .string()
  .trim()
  .transform((text, context) => {
    const email = normalEmail(text);
    if (email !== undefined) return email;
    context.addIssue({ code: "custom", message: "is not an e-mail address" });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "asha@example.com" });

/** `UK` is `GB`, and `EL` is `GR`. */
export const countrySchema = z
  .string()
  .regex(/^[A-Za-z]{2}$/, "must be a two-letter country code (ISO 3166-1)")
  .transform((text, context) => {
    const country = countryOf(text);
    if (country !== undefined) return country;
    context.addIssue("must be the code of a country (ISO 3166-1)");
    return z.NEVER;
  })
  .openapi({ example: "IN" });

/** Of a code with the name of its place. */
const MAX_POSTAL_TEXT = 80;

/** A code as people write it: `〒100-0001` in half or full width, `SE-111 20`, `75008 Paris`. It is kept as it was written. */
export const postalCodeSchema = z
  .string()
  .trim()
  .refine(isPostalCode, "must be at most 16 letters, digits, spaces and hyphens, and perhaps the name of the place after it")
  .transform((code) => code.replaceAll(/[^\S ]/gu, " "))
  .openapi({ example: "560034" });

const CODE_ONLY = /^(?:〒 ?)?[A-Za-z0-9][A-Za-z0-9 -]{0,15}$/;
/** A place has letters only, so that nothing else is taken for a code. */
const CODE_AND_PLACE = /^(?:〒 ?)?(?=[^,]*\d)[A-Za-z0-9][A-Za-z0-9 -]{0,15}[ ,][\p{L}\p{M} .,’-]{1,60}$/u;

function isPostalCode(text: string): boolean {
  const plain = text
    .normalize("NFKC")
    .replaceAll(/[\p{Pd}−ー]/gu, "-")
    .replaceAll(/\s/g, " ");
  return plain.length <= MAX_POSTAL_TEXT && (CODE_ONLY.test(plain) || CODE_AND_PLACE.test(plain));
}

export const MAX_MAJOR = 10_000_000_000;

/** A decimal amount in major units. `minorOf` checks that it fits the currency. */
export const moneySchema = z.number().min(0).max(MAX_MAJOR).openapi({ example: 150.5 });

/** Like `moneySchema`, for sums of many amounts. */
export const sumSchema = z.number().min(0).max(MAX_SUM_MINOR).openapi({ example: 199 });

/** Units in one line of an order. */
export const quantitySchema = z.int().min(1).max(10_000);

/** A time in an answer. */
export const isoTimeSchema = z.iso.datetime().openapi({ example: "2026-11-21T09:30:00.000Z" });

/**
 * Converts an amount of a request to minor units.
 * @throws Refusal `validation_failed` naming the field, when it has more decimals than the currency, or is too large
 */
export function minorOf(field: string, major: number, decimals: number): Minor {
  const minor = toMinor(major, decimals);
  if (minor === undefined) throw invalidField(field, `must have at most ${decimals} decimals and be below ${MAX_MAJOR}`);
  return minor;
}

/**
 * Converts a sum of a request to minor units.
 * @throws Refusal `validation_failed` naming the field, when it has more decimals than the currency or is above any total
 */
export function sumMinorOf(field: string, major: number, decimals: number): Minor {
  const minor = toMinor(major, decimals, MAX_SUM_MINOR);
  if (minor === undefined) throw invalidField(field, `must have at most ${decimals} decimals and be a possible total`);
  return minor;
}

/** Shows an optional amount in major units. */
export function majorOrNull(minor: Minor | null, decimals: number): number | null {
  return minor === null ? null : toMajor(minor, decimals);
}

/** Shows an optional time. */
export function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

/** A required JSON body. */
export function jsonBody<S extends z.ZodType>(schema: S) {
  return { required: true, content: { "application/json": { schema } } } as const;
}

/** A request's JSON body that may be absent. Use it with `emptyBodyIsAbsent`. */
export function optionalJsonBody<S extends z.ZodType>(schema: S) {
  return { required: false, content: { "application/json": { schema } } } as const;
}

/** Takes an empty body for none: many clients send `Content-Type: application/json` with every request. */
export async function emptyBodyIsAbsent(c: AppContext, next: Next): Promise<void> {
  // hono keeps a promise here, which its type does not say.
  if (c.req.header("Content-Type") !== undefined && (await c.req.text()) === "")
    c.req.bodyCache.text = Promise.resolve("{}") as unknown as string;
  await next();
}

/** A JSON answer. */
export function jsonAnswer<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { "application/json": { schema } } } as const;
}
