import { type Action, ACTIONS } from "../../../src/rules/rights.ts";
import type { Ask } from "./app.ts";

/** A caller who requests every route. */
export interface Walker {
  name: string;
  /** `undefined` is a guest. */
  token: string | undefined;
  may: (action: Action) => boolean;
}

interface Operation {
  name: string;
  method: string;
  path: string;
  action: string | undefined;
  hasBody: boolean;
}

/** The result of a walk: the numbers of operations and answers, and every answer that contradicts the table of rights. */
export interface Walk {
  operations: number;
  answers: number;
  wrong: string[];
}

/** Requests every operation of the document as each walker, for unknown records and with an invalid body. */
export async function walkRights(ask: Ask, walkers: readonly Walker[]): Promise<Walk> {
  const operations = await operationsOf(ask);
  const walk: Walk = { operations: operations.length, answers: 0, wrong: [] };
  for (const operation of operations) {
    const action = ACTIONS.find((each) => each === operation.action);
    if (action === undefined) walk.wrong.push(`${operation.name}: names no right of the table`);
    for (const walker of action === undefined ? [] : walkers) {
      const status = await answerTo(ask, operation, walker);
      walk.answers += 1;
      const expected = walker.may(action as Action) ? undefined : walker.token === undefined ? 401 : 403;
      const isRight = expected === undefined ? ![401, 403, 500].includes(status) : status === expected;
      if (!isRight) walk.wrong.push(`${operation.name}: ${walker.name} got ${status}, not ${expected ?? "let in"}`);
    }
  }
  return walk;
}

/** Routes of an app that are not in its document, so that no walk reaches them. */
export async function undocumentedRoutes(app: { routes: { method: string; path: string }[] }, ask: Ask): Promise<string[]> {
  const documented = new Set((await operationsOf(ask)).map(({ name }) => name));
  const answered = app.routes
    .filter(({ method, path }) => method !== "ALL" && path.startsWith("/api/"))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}").replace(/\/$/, "")}`);
  return [...new Set(answered)].filter((name) => !documented.has(name));
}

async function operationsOf(ask: Ask): Promise<Operation[]> {
  interface Documented {
    "x-action"?: string;
    requestBody?: unknown;
  }
  const document = await (await ask("/openapi.json")).json<{ paths: Record<string, Record<string, Documented>> }>();
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([verb, each]) => {
      const method = verb.toUpperCase();
      return { name: `${method} ${path}`, method, path, action: each["x-action"], hasBody: each.requestBody !== undefined };
    }),
  );
}

async function answerTo(ask: Ask, { method, path, hasBody }: Operation, { token }: Walker): Promise<number> {
  const headers = {
    ...(hasBody && { "Content-Type": "application/json" }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  };
  const response = await ask(path.replaceAll(/\{\w+\}/g, "nothing"), { method, headers, ...(hasBody && { body: "{}" }) });
  await response.body?.cancel();
  return response.status;
}
