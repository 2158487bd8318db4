import { OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import type { Next } from "hono";
import { fieldAt, type FieldError, invalidField, Refusal } from "../errors.ts";
import type { AppContext, AppEnv } from "./context.ts";
import { readIfMatch } from "./etag.ts";

/**
 * A router that validates requests by their route's schemas; a refusal lists every invalid field. Nothing that a client sends is dropped in
 * silence: a query parameter or a body that the route does not take is refused, as strict schemas refuse unknown members.
 */
export function createRouter(): OpenAPIHono<AppEnv> {
  const router = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const errors = result.error.issues.flatMap((issue) => fieldErrors(result.target, issue)).slice(0, MAX_ERRORS);
      const [first] = errors;
      throw new Refusal("validation_failed", first ? `${first.field}: ${first.message}` : "The request is not valid.", {
        errors,
      });
    },
  });
  const register = router.openapi as (route: RouteConfig, ...rest: unknown[]) => unknown;
  router.openapi = ((route: RouteConfig, ...rest: unknown[]) => register(heardWhole(route), ...rest)) as typeof router.openapi;
  return router;
}

const MAX_ERRORS = 100;
const NO_QUERY = z.strictObject({});

/** The route, taking no query parameter and no body besides those of its contract. */
function heardWhole(route: RouteConfig): RouteConfig {
  const { request, middleware = [] } = route;
  const demands = route.method === "get" ? [] : [readIfMatch(checksVersion(request?.headers))];
  const bodiless = request?.body ? [] : [refuseBody];
  return {
    ...route,
    request: { ...request, query: request?.query ?? NO_QUERY },
    middleware: [middleware, demands, bodiless].flat(),
  };
}

function checksVersion(headers: unknown): boolean {
  return headers instanceof z.ZodObject && "if-match" in headers.shape;
}

/** Some clients send `{}` with every request. */
async function refuseBody(c: AppContext, next: Next): Promise<void> {
  const body = c.req.raw.body ? (await c.req.text()).trim() : "";
  if (body !== "" && body !== "{}") throw invalidField("body", "must be empty: this request takes none");
  await next();
}

function fieldErrors(target: string, issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === "invalid_union") {
    const meant = formMeant(issue);
    if (meant) return meant.flatMap((each) => fieldErrors(target, { ...each, path: [...issue.path, ...each.path] }));
  }
  if (issue.code !== "unrecognized_keys") return [{ field: fieldAt(issue.path) || place(target), message: issue.message }];
  const message = target === "query" ? "is not a parameter of this request" : "is not a member of this request";
  return issue.keys.map((key) => ({ field: fieldAt([...issue.path, key]), message }));
}

/** The errors of the one form of a value whose type it has: of an object, what is wrong with its members. */
function formMeant({ errors }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const [meant, ...others] = errors.filter(
    (each) => !each.some(({ code, path }) => code === "invalid_type" && path.length === 0),
  );
  return others.length === 0 ? meant : undefined;
}

function place(target: string): string {
  return target === "json" ? "body" : target;
}
