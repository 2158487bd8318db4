import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startServer } from "../deployed/server.ts";
import type { Told } from "./client.ts";
import { dumpD1, dumpObject } from "./dump.ts";
import { writeFixture } from "./fixture.ts";
import { withKeeper } from "./keeper.ts";
import { Clients, leaveHalfDone, openShop, placeEarlyOrders, placeOrders, STOCKED } from "./write-shop.ts";

// Has a release write a shop, kills it in the middle of several requests, and keeps what it left:
//   git worktree add ../old <commit of the release>; cd ../old; npm ci; npx wrangler deploy --dry-run --minify --outdir out
//   node test/upgrade/make-fixture.ts 0.1.0 ../old/out/index.js ../old/migrations

const [version, script, migrations] = process.argv.slice(2);
if (version === undefined || script === undefined || migrations === undefined) {
  throw new Error("Give the version, its bundle and the folder of its migrations");
}
const state = mkdtempSync(join(tmpdir(), "holdfast-fixture-"));
const told: Told[] = [];

/** Starts the release with some settings, and has clients ask it. */
async function serve(
  vars: Record<string, string>,
  end: keyof Pick<Server, "kill" | "stop">,
  use: (clients: Clients) => Promise<void>,
) {
  const server = await startServer({
    script: String(script),
    wrapper: join(import.meta.dirname, "hang.js"),
    state,
    migrations: String(migrations),
    vars: { RATE_LIMITS: "off", REQUEST_LOG: "off", ...vars },
  });
  const clients = new Clients(server.url);
  try {
    await use(clients);
  } finally {
    told.push(...clients.told);
    await server[end]();
  }
}

try {
  await serve({ PAYMENT_WINDOW_MINUTES: "1" }, "stop", async (clients) => {
    await openShop(clients);
    await placeEarlyOrders(clients);
  });
  await serve({}, "stop", placeOrders);
  await serve({ PROJECTION_FLUSH_MS: "60000" }, "kill", leaveHalfDone);
  await withKeeper(state, null, async (keeper) => {
    const objects = STOCKED.map(async (productId) => {
      const [statements, alarmAtMs] = await Promise.all([dumpObject(keeper, productId), keeper.alarmAtMs(productId)]);
      return { productId, statements, alarmAtMs };
    });
    const names = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
    const head = { atMs: Date.now(), migrations: names.toSorted(), told };
    writeFixture(version, { ...head, d1: await dumpD1(keeper), objects: await Promise.all(objects) });
  });
} finally {
  rmSync(state, { recursive: true });
}
