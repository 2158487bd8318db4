import { createMiddleware } from "hono/factory";
import type { Caller } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { type Action, mayRole } from "../rules/rights.ts";
import type { AppContext, AppEnv } from "./context.ts";

const GUEST: Caller = { role: "guest", actor: "guest", scope: "guest", may: (action) => mayRole("guest", action) };

/** Requests here carry credentials in their body; an expired access token in the header must not stop them. */
const SIGN_IN_PATH = /^\/api\/v1\/auth\//;

/**
 * The bearer token of a request, or `undefined`.
 * @throws Refusal `unauthenticated` for an Authorization header that is not a bearer token
 */
function bearerToken(c: AppContext): string | undefined {
  const header = c.req.header("Authorization");
  if (header === undefined) return undefined;
  const token = /^Bearer +([\x21-\x7e]{1,4096}) *$/i.exec(header)?.[1];
  if (token === undefined) throw new Refusal("unauthenticated", "Send `Authorization: Bearer <token>`, or omit the header.");
  return token;
}

/**
 * Identifies the caller, who is also the author of the request's writes. Unknown text leaves a guest, because it may be an order's
 * token, which the verb checks. An expired or revoked token is refused, so that a user does not silently become a guest.
 */
export const identifyCaller = createMiddleware<AppEnv>(async (c, next) => {
  const { deps, requestId } = c.var;
  const token = SIGN_IN_PATH.test(c.req.path) ? undefined : bearerToken(c);
  const caller = token === undefined ? GUEST : ((await deps.identify(token)) ?? GUEST);
  if (caller === "stale") throw new Refusal("unauthenticated", "The token is no longer valid. Sign in again.");
  c.set("caller", caller);
  const isAudited = caller.role === "staff" || caller.role === "admin" || caller.role === "key";
  c.set("deps", { ...deps, by: { actor: caller.actor, isAudited, requestId } });
  await next();
});

/**
 * The right that a route requires. Callers without it (`rules/rights.ts`) get 401 if they are guests, otherwise 403. The OpenAPI document has the right as `x-action`.
 */
export function needs(action: Action) {
  const guard = createMiddleware<AppEnv>(async (c, next) => {
    const { caller } = c.var;
    if (caller.may(action)) return next();
    if (caller.role === "guest") throw new Refusal("unauthenticated", "Send `Authorization: Bearer <token>`.");
    throw new Refusal("forbidden", `This requires the right ${action}.`);
  });
  const bearer = { bearer: [] };
  return { "x-action": action, security: mayRole("guest", action) ? [{}, bearer] : [bearer], middleware: guard } as const;
}

/** The name of an operation, which generated clients call it by, and the right that it requires. */
export function operation<Name extends string>(operationId: Name, action: Action) {
  return { operationId, ...needs(action) } as const;
}

/**
 * Decides whose order a caller may use: any order with the right `action` or with the order's token, otherwise only the caller's own.
 * @returns the user that the order must belong to; `undefined` for any
 * @throws Refusal `not_found`, as for an order that does not exist; `link_expired` for the token of a link to it that has ended
 */
export async function ownerOf(c: AppContext, orderId: string, action: Action): Promise<string | undefined> {
  const { caller, deps } = c.var;
  if (caller.may(action)) return undefined;
  if (caller.userId !== undefined) return caller.userId;
  const token = bearerToken(c);
  if (token !== undefined && (await deps.isTokenOf(token, orderId))) return undefined;
  if (token !== undefined && (await deps.isExpiredLinkOf(token, orderId))) {
    throw new Refusal("link_expired", "This link has expired. Ask for a new one.");
  }
  throw new Refusal("not_found", "There is no such order.");
}
