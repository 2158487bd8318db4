import { z } from "@hono/zod-openapi";

const MIN_PASSWORD = 12;
const MAX_PASSWORD = 128;

/** Any text as a password. Normalised, because keyboards encode the same letter, such as é, in different ways. */
const passwordSchema = z
  .string()
  .max(MAX_PASSWORD)
  .refine((text) => text.isWellFormed(), "must not contain broken surrogates")
  .normalize("NFC");

/** A password to sign in with. One that is too short for registration is answered as wrong, not as invalid. */
export const givenPasswordSchema = passwordSchema.min(1);

/** A new password. */
export const newPasswordSchema = passwordSchema.min(MIN_PASSWORD).openapi({ example: "correct horse battery" });

/** A refresh token. Its verb refuses other text like an expired token. */
export const refreshTokenSchema = z.string().min(1).max(256);

/** An answer without a body. */
export const NO_CONTENT = { description: "Done" } as const;
