import { z } from "@hono/zod-openapi";

const MIN_PASSWORD = 12;
const MAX_PASSWORD = 128;
const MAX_EMAIL = 254;

/** An e-mail, without blanks around it and in lower case: one account, however it is typed. */
export const emailSchema = z
  .string()
  .trim()
  .max(MAX_EMAIL)
  .regex(z.regexes.email, "is not an e-mail address")
  .toLowerCase()
  .openapi({ example: "asha@example.com" });

/** A password as it was given: any text. What two keyboards write differently, such as an é, is the same. */
const passwordSchema = z
  .string()
  .max(MAX_PASSWORD)
  .refine((text) => text.isWellFormed(), "must not contain broken surrogates")
  .normalize("NFC");

/** A password to sign in with. Too short ones are wrong as any other, and no password is the same as none. */
export const givenPasswordSchema = passwordSchema.min(1);

/** A password to have from now on. */
export const newPasswordSchema = passwordSchema.min(MIN_PASSWORD).openapi({ example: "correct horse battery" });

/** A refresh token. What is none is refused by its verb, as one that has run out. */
export const refreshTokenSchema = z.string().min(1).max(256);

/** An answer without a body. */
export const NO_CONTENT = { description: "Done" } as const;
