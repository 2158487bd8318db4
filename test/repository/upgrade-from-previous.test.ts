import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { ROOT } from "../support/repository/commands.ts";
import { checkShop } from "../upgrade/check-shop.ts";
import { recover } from "../upgrade/controls.ts";
import { serveRelease } from "../upgrade/serve-release.ts";
import { unpackRelease } from "../upgrade/two-releases.ts";
import { timeless, unchanged, type Upgraded, upgrade } from "../upgrade/upgrade.ts";
import { useNewFeatures } from "../upgrade/write-shop-0-2.ts";
import { leaveHalfDone, openShop, placeOrders, STOCKED } from "../upgrade/write-shop.ts";

/** What release 0.2.0 has of them. */
const MIGRATIONS = ["0000_spine.sql", "0001_product_search.sql", "0002_shop.sql", "0003_inventory.sql", "0004_search_sku.sql"];
const START_MS = 240_000;
const PRODUCTS = [...STOCKED, "stool"];

let shop: Upgraded;
const folder = mkdtempSync(join(tmpdir(), "holdfast-previous-"));

beforeAll(async () => {
  const migrations = join(folder, "migrations");
  mkdirSync(migrations);
  for (const name of MIGRATIONS) cpSync(join(ROOT, "migrations", name), join(migrations, name));
  const script = unpackRelease("0.2.0", folder);
  shop = await upgrade(async (state) => {
    const release = { script, migrations, state };
    const told = await serveRelease(release, {}, "stop", async (clients) => {
      await openShop(clients);
      await placeOrders(clients);
      await useNewFeatures(clients);
    });
    return [...told, ...(await serveRelease(release, { PROJECTION_FLUSH_MS: "60000" }, "kill", leaveHalfDone))];
  });
}, START_MS);

afterAll(async () => {
  await shop?.stop();
  rmSync(folder, { recursive: true });
});

// State that release 0.2.0 writes here and now, and what its kill leaves half done, under the release of today.
/** A member that releases up to 0.3.0 dropped in silence: the product that it was sent with got no stock. Today it is refused. */
const DROPPED = "initial_stock";

describe("the state of release 0.2.0 under today's", () => {
  it("has every order as its client was told, under its old token", async ({ expect }) => {
    const orders = shop.orders();
    expect(orders.length).toBeGreaterThanOrEqual(10);

    for (const { orderId, token, body } of orders) {
      const { status, body: shown } = await shop.send({ method: "GET", path: `/api/v1/orders/${orderId}`, token });
      expect(status, orderId).toBe(200);
      expect(timeless(shown)).toMatchObject(unchanged(body));
    }
  });

  it("answers every request that had an answer under its key with the same, refusals too", async ({ expect }) => {
    const requests = shop.requests.filter(({ key, told }) => key !== undefined && told !== null);
    expect(requests.length).toBeGreaterThanOrEqual(40);

    for (const { told, ...asked } of requests) {
      const again = await shop.send(asked);
      if (JSON.stringify(asked.body ?? {}).includes(DROPPED)) {
        expect(again.body).toMatchObject({ status: 422, errors: [{ field: DROPPED }] });
        continue;
      }
      expect([again.status, again.isReplay || again.status >= 400], asked.path).toEqual([told?.status, true]);
      expect(timeless(again.body), asked.path).toMatchObject(unchanged(told?.body));
    }
  });

  it("answers those who heard nothing before the kill, and comes to rest with nothing lost or sold twice", async ({ expect }) => {
    const requests = shop.requests.filter(({ key, told }) => key !== undefined && told === null);
    const statuses = await Promise.all(requests.map(async (asked) => (await shop.send(asked)).status));
    expect(statuses).toEqual([201, 201, 201, 201, 201]);

    await recover(shop.controls, PRODUCTS);

    expect(await checkShop(shop.controls, PRODUCTS)).toEqual([]);
  });

  it("lets its people in with their old passwords", async ({ expect }) => {
    const asked = shop.requests.find(({ path }) => path === "/api/v1/auth/login");
    const { status, body } = await shop.send({ method: "POST", path: "/api/v1/auth/login", body: asked?.body });
    const { body: mine } = await shop.send({ method: "GET", path: "/api/v1/orders", token: String(body.access_token) });

    expect(status).toBe(200);
    expect(mine.orders).toMatchObject([{ status: "COMPLETED" }]);
  });
});
