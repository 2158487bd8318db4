import { createExecutionContext, type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { readCurrency } from "../../src/shop/check-currency.ts";
import { migrate } from "./migrated-database.ts";

// Every test file starts with an empty shop: its own D1, its own objects, an isolate that remembers nothing, and the real time. The
// isolate itself is kept from file to file: to start one takes several times as long as the tests of most files.

/** A batch that the file before left under way keeps D1 from being emptied, until it is over. */
const MAX_RESETS = 50;

async function isEmpty(): Promise<boolean> {
  return (await env.DB.prepare("SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'").first()) === null;
}

async function emptyStorage(): Promise<void> {
  for (let resets = 1; resets <= MAX_RESETS; resets += 1) {
    await reset();
    if (await isEmpty()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("what the test file before left under way does not end");
}

vi.useRealTimers();
const { deps } = bindDeps(env, createExecutionContext());
for (const remembered of Object.keys(deps.cache)) Reflect.deleteProperty(deps.cache, remembered);
await emptyStorage();
await migrate(env.DB, (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS, emptyStorage);
// As an isolate does in its first request, so that tests count what each request costs after it.
await readCurrency({ ...deps, log: () => undefined });
