import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createApp } from "../../../src/app.ts";
import { bindDeps } from "../../../src/bind.ts";
import type { Deps } from "../../../src/deps.ts";
import type { Ask } from "../http/app.ts";

/** An isolate that has answered nothing yet, on the D1 and the objects of the test, under other settings. */
export function coldIsolate(settings: Record<string, string> = {}): { ask: Ask; deps: () => Deps } {
  // What an isolate remembers, it remembers by its D1.
  const DB = {
    prepare: (text: string) => env.DB.prepare(text),
    batch: (statements: D1PreparedStatement[]) => env.DB.batch(statements),
  };
  const own = { ...env, ...settings, DB: DB as D1Database };
  const app = createApp((bound, ctx) => {
    const { deps, meter } = bindDeps(bound, ctx);
    return { deps: Object.defineProperty(deps, "log", { value: () => undefined }), meter };
  });
  return {
    ask: async (path, init) => app.fetch(new Request(`http://holdfast.test${path}`, init), own, createExecutionContext()),
    deps: () => bindDeps(own, createExecutionContext()).deps,
  };
}
