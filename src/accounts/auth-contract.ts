import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { emailSchema, jsonAnswer, jsonBody } from "../http/validate.ts";
import { givenPasswordSchema, NO_CONTENT, refreshTokenSchema } from "./credentials-contract.ts";

/** Named as OAuth 2.0 names it (RFC 6749 §5.1), so that its clients understand it. */
const sessionSchema = z
  .object({
    access_token: z.string().openapi({ description: "A JWT; send it as the bearer token." }),
    token_type: z.literal("bearer"),
    expires_in: z.int().openapi({ description: "Seconds for which the access token is valid.", example: 900 }),
    refresh_token: z.string().openapi({ description: "Valid for 30 days and for one use. Store it." }),
  })
  .openapi("Session");

const signInSchema = z.strictObject({ email: emailSchema, password: givenPasswordSchema }).openapi("SignIn");
const refreshSchema = z.strictObject({ refresh_token: refreshTokenSchema }).openapi("Refresh");

const BODY_REFUSALS = ["malformed_json", "body_too_large", "unsupported_media_type", "validation_failed"] as const;

export const signIn = createRoute({
  method: "post",
  path: "/login",
  tags: ["Sessions"],
  summary: "Sign in with e-mail and password",
  ...operation("signIn", "users:sign_in"),
  request: { body: jsonBody(signInSchema) },
  responses: {
    200: jsonAnswer("An access token and a refresh token", sessionSchema),
    ...problems("invalid_credentials", "rate_limited", ...BODY_REFUSALS),
  },
});

export const refresh = createRoute({
  method: "post",
  path: "/refresh",
  tags: ["Sessions"],
  summary: "Get a new access token for a refresh token",
  description: [
    "Rotates the refresh token: the one sent is used up, and the answer has its successor. Reuse revokes all tokens of that sign-in,",
    "except within `REFRESH_GRACE_SECONDS` and before the successor is used: then the same successor is returned.",
  ].join(" "),
  ...operation("refresh", "users:sign_in"),
  request: { body: jsonBody(refreshSchema) },
  responses: {
    200: jsonAnswer("A new access token and the next refresh token", sessionSchema),
    ...problems("invalid_credentials", "rate_limited", ...BODY_REFUSALS),
  },
});

export const signOut = createRoute({
  method: "post",
  path: "/logout",
  tags: ["Sessions"],
  summary: "Sign out: revoke a refresh token and its family",
  description: "Succeeds for invalid tokens too. An access token stays valid until it expires, 15 minutes at most.",
  ...operation("signOut", "users:sign_in"),
  request: { body: jsonBody(refreshSchema) },
  responses: { 204: NO_CONTENT, ...problems(...BODY_REFUSALS) },
});
