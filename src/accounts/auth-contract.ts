import { createRoute, z } from "@hono/zod-openapi";
import { needs } from "../http/auth.ts";
import { problems } from "../http/problem.ts";
import { jsonAnswer, jsonBody } from "../http/validate.ts";
import { emailSchema, givenPasswordSchema, NO_CONTENT, refreshTokenSchema } from "./credentials-contract.ts";

/** Named as OAuth 2.0 names it (RFC 6749 §5.1), so that its clients understand it. */
const sessionSchema = z
  .object({
    access_token: z.string().openapi({ description: "A JWT; send it as the bearer token." }),
    token_type: z.literal("bearer"),
    expires_in: z.int().openapi({ description: "Seconds for which the access token is valid.", example: 900 }),
    refresh_token: z.string().openapi({ description: "Good once, for 30 days; keep it." }),
  })
  .openapi("Session");

const signInSchema = z.object({ email: emailSchema, password: givenPasswordSchema }).openapi("SignIn");
const refreshSchema = z.object({ refresh_token: refreshTokenSchema }).openapi("Refresh");

const BODY_REFUSALS = ["malformed_json", "body_too_large", "unsupported_media_type", "validation_failed"] as const;

export const signIn = createRoute({
  method: "post",
  path: "/login",
  tags: ["Sessions"],
  summary: "Sign in with e-mail and password",
  ...needs("users:sign_in"),
  request: { body: jsonBody(signInSchema) },
  responses: {
    200: jsonAnswer("An access token, and what refreshes it", sessionSchema),
    ...problems("invalid_credentials", "rate_limited", ...BODY_REFUSALS),
  },
});

export const refresh = createRoute({
  method: "post",
  path: "/refresh",
  tags: ["Sessions"],
  summary: "Get a new access token for a refresh token",
  description: [
    "The refresh token is used up, and the answer has its successor. One that comes again ends its whole family of tokens; where the",
    "shop allows for lost answers it gives the same successor for a short while instead, until that is used.",
  ].join(" "),
  ...needs("users:sign_in"),
  request: { body: jsonBody(refreshSchema) },
  responses: {
    200: jsonAnswer("A new access token, and the next refresh token", sessionSchema),
    ...problems("invalid_credentials", "rate_limited", ...BODY_REFUSALS),
  },
});

export const signOut = createRoute({
  method: "post",
  path: "/logout",
  tags: ["Sessions"],
  summary: "Sign out: end a refresh token and its family",
  description: "Also for a token that has ended, or never was. An access token lasts out its 15 minutes at most.",
  ...needs("users:sign_in"),
  request: { body: jsonBody(refreshSchema) },
  responses: { 204: NO_CONTENT, ...problems(...BODY_REFUSALS) },
});
