import { createRoute, z } from "@hono/zod-openapi";
import { operation } from "../http/auth.ts";
import { editHeadersSchema } from "../http/etag.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/paging.ts";
import { problems } from "../http/problem.ts";
import { TURNSTILE_REFUSALS, turnstileHeaderSchema } from "../http/turnstile.ts";
import { emailSchema, idSchema, isoTimeSchema, jsonAnswer, jsonBody, textSchema } from "../http/validate.ts";
import { ROLES, TIERS } from "../rules/rights.ts";
import { givenPasswordSchema, NO_CONTENT, newPasswordSchema } from "./credentials-contract.ts";

const roleSchema = z.enum(ROLES);
const tierSchema = z.enum(TIERS);
const nameSchema = textSchema(200).openapi({ example: "Asha" });

/** A user as admins and the user see it. Written by `toUserJson`. */
const userSchema = z
  .object({
    user_id: z.string(),
    email: z.string().nullable().openapi({ description: "Null once the user is deleted; so is `name`." }),
    name: z.string().nullable(),
    role: roleSchema,
    tier: tierSchema,
    status: z.enum(["active", "deleted"]),
    created_at: isoTimeSchema,
    updated_at: isoTimeSchema,
  })
  .openapi("User");

const registrationSchema = z
  .strictObject({ email: emailSchema, password: newPasswordSchema, name: nameSchema })
  .openapi("Registration");
const passwordChangeSchema = z
  .strictObject({ current_password: givenPasswordSchema, new_password: newPasswordSchema })
  .openapi("PasswordChange");
const userChangeSchema = z
  .strictObject({ name: nameSchema, role: roleSchema, tier: tierSchema })
  .partial()
  .refine((body) => Object.keys(body).length > 0, "give at least one field to change")
  .openapi("UserChange");

export type UserChangeBody = z.output<typeof userChangeSchema>;

const userParams = z.object({ user_id: idSchema });
const BODY_REFUSALS = ["malformed_json", "body_too_large", "unsupported_media_type", "validation_failed"] as const;
const ADMIN_REFUSALS = [
  "idempotency_key_invalid",
  "forbidden",
  "not_found",
  "own_account",
  "body_too_large",
  "idempotency_key_reused",
  "unresolved",
] as const;

export const register = createRoute({
  method: "post",
  path: "/",
  tags: ["Users"],
  summary: "Register a customer",
  description:
    "A taken e-mail is answered 409, in the same time as a free one. A retry changes nothing, so there is no Idempotency-Key.",
  ...operation("register", "users:register"),
  request: { headers: turnstileHeaderSchema, body: jsonBody(registrationSchema) },
  responses: {
    201: jsonAnswer("The user", userSchema),
    ...problems("already_exists", "rate_limited", "unresolved", ...TURNSTILE_REFUSALS, ...BODY_REFUSALS),
  },
});

export const readSelf = createRoute({
  method: "get",
  path: "/me",
  tags: ["Users"],
  summary: "Read your own account",
  ...operation("readSelf", "users:read_self"),
  responses: { 200: jsonAnswer("The user", userSchema), ...problems("forbidden", "not_found") },
});

export const changePassword = createRoute({
  method: "put",
  path: "/me/password",
  tags: ["Users"],
  summary: "Change your own password",
  description:
    "Signs out everywhere: revokes every refresh token. Access tokens stay valid until they expire, 15 minutes at most.",
  ...operation("changePassword", "users:change_self"),
  request: { body: jsonBody(passwordChangeSchema) },
  responses: { 204: NO_CONTENT, ...problems("forbidden", "not_found", "rate_limited", ...BODY_REFUSALS) },
});

export const listUsers = createRoute({
  method: "get",
  path: "/",
  tags: ["Users"],
  summary: "List users, newest first",
  description: "With `role` a page may be short or empty before the last. Continue while there is a `next_cursor`.",
  ...operation("listUsers", "users:manage"),
  request: { query: pageQuerySchema.extend({ role: roleSchema.optional(), email: emailSchema.optional() }) },
  responses: {
    200: jsonAnswer("A page of users", z.object({ users: z.array(userSchema), next_cursor: nextCursorSchema })),
    ...problems("forbidden", "validation_failed"),
  },
});

export const showUser = createRoute({
  method: "get",
  path: "/{user_id}",
  tags: ["Users"],
  summary: "Read a user",
  ...operation("showUser", "users:manage"),
  request: { params: userParams },
  responses: { 200: jsonAnswer("The user", userSchema), ...problems("forbidden", "not_found", "validation_failed") },
});

export const changeUser = createRoute({
  method: "patch",
  path: "/{user_id}",
  tags: ["Users"],
  summary: "Change a user's role, tier or name",
  description: "A new role signs the user out everywhere. Admins cannot change their own role.",
  ...operation("changeUser", "users:manage"),
  request: { params: userParams, headers: editHeadersSchema, body: jsonBody(userChangeSchema) },
  responses: {
    200: jsonAnswer("The user as it is now", userSchema),
    ...problems("precondition_failed", ...BODY_REFUSALS, ...ADMIN_REFUSALS),
  },
});

export const deleteUser = createRoute({
  method: "delete",
  path: "/{user_id}",
  tags: ["Users"],
  summary: "Delete a user",
  description:
    "Erases e-mail, name, password and addresses, ends every session and frees the e-mail. Admins cannot delete their own account.",
  ...operation("deleteUser", "users:manage"),
  request: { params: userParams, headers: editHeadersSchema },
  responses: {
    200: jsonAnswer("The deleted user", userSchema),
    ...problems("precondition_failed", "validation_failed", ...ADMIN_REFUSALS),
  },
});
