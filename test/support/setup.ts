import { applyD1Migrations, createExecutionContext, type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { bindDeps } from "../../src/bind.ts";

// Every test file starts with an empty shop: its own D1, its own objects, an isolate that remembers nothing, and the real time. The
// isolate itself is kept from file to file: to start one takes several times as long as the tests of most files.
vi.useRealTimers();
const { cache } = bindDeps(env, createExecutionContext()).deps;
for (const remembered of Object.keys(cache)) Reflect.deleteProperty(cache, remembered);
await reset();
await applyD1Migrations(env.DB, (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS);
