import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dumpD1, dumpObject } from "./dump.ts";
import { writeFixture } from "./fixture.ts";
import { withRawState } from "./raw-state.ts";
import { serveRelease } from "./serve-release.ts";
import { sellTea, SOLD_BEFORE } from "./write-shop-0-3.ts";
import { type Clients, leaveHalfDone, openShop, placeEarlyOrders, placeOrders, STOCKED } from "./write-shop.ts";

// Runs a release against a new shop, kills it during several requests, and writes its state as a fixture:
//   git worktree add ../old <commit of the release>; cd ../old; npm ci; npx wrangler deploy --dry-run --minify --outdir out
//   node test/upgrade/make-fixture.ts 0.3.0 ../old/out/index.js ../old/migrations

const [version, script, migrations] = process.argv.slice(2);
if (version === undefined || script === undefined || migrations === undefined) {
  throw new Error("Usage: make-fixture.ts <version> <bundle> <folder of migrations>");
}
const state = mkdtempSync(join(tmpdir(), "holdfast-fixture-"));
const release = { script, migrations, state };
/** Release 0.1.0 has neither carts nor returns. */
const isFirst = version === "0.1.0";
const products = isFirst ? STOCKED : [...STOCKED, SOLD_BEFORE];

async function sell(clients: Clients): Promise<void> {
  await placeOrders(clients);
  if (!isFirst) await sellTea(clients);
}

try {
  const requests = [
    ...(await serveRelease(release, { PAYMENT_WINDOW_MINUTES: "1" }, "stop", async (clients) => {
      await openShop(clients);
      await placeEarlyOrders(clients);
    })),
    ...(await serveRelease(release, {}, "stop", sell)),
    ...(await serveRelease(release, { PROJECTION_FLUSH_MS: "60000" }, "kill", leaveHalfDone)),
  ];
  await withRawState(state, null, async (rawState) => {
    const objects = products.map(async (productId) => {
      const [statements, alarmAtMs] = await Promise.all([dumpObject(rawState, productId), rawState.alarmAtMs(productId)]);
      return { productId, statements, alarmAtMs };
    });
    const names = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
    const head = { atMs: Date.now(), migrations: names.toSorted(), requests };
    writeFixture(version, { ...head, d1: await dumpD1(rawState), objects: await Promise.all(objects) });
  });
} finally {
  rmSync(state, { recursive: true });
}
