import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from "wrangler";
import type { HostOptions } from "./server.ts";

// A process that serves one bundle on state on disk, so that its workerd can be killed from outside.

const ROOT = join(import.meta.dirname, "../..");

type Database = Awaited<ReturnType<Miniflare["getD1Database"]>>;

async function migrate(db: Database, folder: string): Promise<void> {
  await db.prepare("CREATE TABLE IF NOT EXISTS d1_migrations (name TEXT PRIMARY KEY)").run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  for (const { name, queries } of await readD1Migrations(folder)) {
    if (applied.has(name)) continue;
    const done = db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name);
    await db.batch([...queries.map((query) => db.prepare(query)), done]);
  }
}

/** The Worker of wrangler.toml, with the bundle instead of the sources. */
function workerOf({ script, wrapper, modules: further, vars }: HostOptions) {
  const { workerOptions } = readWorkerOptions(join(ROOT, "wrangler.toml"));
  const { modulesRules: _rules, assets: _assets, bindings, ...worker } = workerOptions;
  const paths = { ...(wrapper === undefined ? {} : { "wrapper.js": wrapper }), "index.js": script, ...further };
  const modules = Object.entries(paths).map(([path, file]) => ({
    type: "ESModule" as const,
    path,
    contents: readFileSync(file, "utf8"),
  }));
  return { ...worker, name: "holdfast", modules, bindings: { ...(bindings as Record<string, string>), ...vars } };
}

/** Serves until the parent stops it or exits. */
async function serve(options: HostOptions): Promise<void> {
  const server = new Miniflare(
    convertV4MiniflareOptions({
      workers: [workerOf(options)],
      host: "127.0.0.1",
      port: options.port,
      resourcePersistencePath: options.state,
      // A request to /cdn-cgi/local/scheduled runs the cron.
      unsafeTriggerHandlers: true,
    }),
  );
  const end = () => void server.dispose().finally(() => process.exit());
  process.removeAllListeners("disconnect");
  process.once("disconnect", end);
  process.once("SIGTERM", end);
  const url = await server.ready;
  if (options.migrations !== null) {
    await migrate(await server.getD1Database("DB"), options.migrations ?? join(ROOT, "migrations"));
  }
  const children = execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" });
  process.send?.({ url: url.origin, workerdPid: Number(children) });
}

// The parent may start this process long before it has to serve, because loading Miniflare takes longer than starting it.
process.once("message", (options) => void serve(options as HostOptions));
process.once("disconnect", () => process.exit());
