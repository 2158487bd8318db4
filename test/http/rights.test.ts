import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createRoute, z } from "@hono/zod-openapi";
import { beforeAll, describe, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { bindDeps } from "../../src/bind.ts";
import { jsonAnswer } from "../../src/http/validate.ts";
import { type Action, KEY_ACTIONS, mayRole, ROLES } from "../../src/rules/rights.ts";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import type { Ask } from "../support/http/app.ts";
import { undocumentedRoutes, type Walker, walkRights } from "../support/http/rights-walk.ts";

const MIN_OPERATIONS = 28;

const walkers: Walker[] = [];

beforeAll(async () => {
  const may = (role: Parameters<typeof mayRole>[0]) => (action: Action) => mayRole(role, action);
  walkers.push({ name: "a guest", token: undefined, may: may("guest") });
  for (const role of ROLES) walkers.push({ name: role, token: (await userOf(role)).token, may: may(role) });
  walkers.push({ name: "ADMIN_TOKEN", token: "test-admin-token-0123456789", may: may("admin") });
  walkers.push({ name: "a key without rights", token: (await keyOf([])).key, may: may("guest") });
  const mayFullKey = (action: Action) => mayRole("guest", action) || KEY_ACTIONS.includes(action);
  walkers.push({ name: "a key with all rights", token: (await keyOf(KEY_ACTIONS)).key, may: mayFullKey });
});

type App = ReturnType<typeof createApp>;

function askOf(app: App): Ask {
  return async (path, init) => app.fetch(new Request(`http://holdfast.test${path}`, init), env, createExecutionContext());
}

/** A route that answers everybody. */
const OPEN = {
  method: "get",
  path: "/api/v1/planted",
  responses: { 200: jsonAnswer("Open", z.object({})) },
} as const;

describe("every operation", () => {
  it("admits callers with its right and nobody else", async ({ expect }) => {
    const walk = await walkRights(askOf(createApp(bindDeps)), walkers);

    expect(walk.operations).toBeGreaterThanOrEqual(MIN_OPERATIONS);
    expect(walk.answers).toBe(walk.operations * walkers.length);
    expect(walk.wrong).toEqual([]);
  });

  it("is in the OpenAPI document: the walk misses no route", async ({ expect }) => {
    const app = createApp(bindDeps);

    expect(app.routes.filter(({ path }) => path.startsWith("/api/v1/")).length).toBeGreaterThanOrEqual(MIN_OPERATIONS);
    expect(await undocumentedRoutes(app, askOf(app))).toEqual([]);
  });
});

describe("the walk", () => {
  it("finds a route without a right", async ({ expect }) => {
    const app = createApp(bindDeps);
    app.openapi(createRoute(OPEN), (c) => c.json({}, 200));

    const { wrong } = await walkRights(askOf(app), walkers);

    expect(wrong).toEqual(["GET /api/v1/planted: names no right of the table"]);
  });

  it("finds a route that has its right only in the document", async ({ expect }) => {
    const app = createApp(bindDeps);
    app.openapi(createRoute({ ...OPEN, "x-action": "users:manage" }), (c) => c.json({}, 200));

    const { wrong } = await walkRights(askOf(app), walkers);

    expect(wrong).toEqual([
      "GET /api/v1/planted: a guest got 200, not 401",
      "GET /api/v1/planted: customer got 200, not 403",
      "GET /api/v1/planted: staff got 200, not 403",
      "GET /api/v1/planted: a key without rights got 200, not 403",
      "GET /api/v1/planted: a key with all rights got 200, not 403",
    ]);
  });

  it("finds a route that refuses callers with its right", async ({ expect }) => {
    const app = createApp(bindDeps);
    app.openapi(createRoute({ ...OPEN, "x-action": "catalog:read" }), (c) => c.json({}, 403 as 200));

    const { wrong } = await walkRights(askOf(app), walkers);

    expect(wrong.length).toBe(walkers.length);
  });

  it("finds a route that is not in the document", async ({ expect }) => {
    const app = createApp(bindDeps);
    app.get("/api/v1/planted/:id", (c) => c.json({}));

    expect(await undocumentedRoutes(app, askOf(app))).toEqual(["GET /api/v1/planted/{id}"]);
  });
});
