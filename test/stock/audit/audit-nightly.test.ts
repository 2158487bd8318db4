import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, it, vi } from "vitest";
import { sweep } from "../../../src/cron.ts";
import { projectedProduct } from "../../support/stock/audits.ts";
import { faultyWorker } from "../../support/faults.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const HOUR_MS = 3_600_000;
const MIDNIGHT_MS = Date.UTC(2040, 0, 2);
/** More products than one run audits. */
const PRODUCTS = 23;

beforeAll(async () => {
  await demoWarehouses();
  for (let made = 0; made < PRODUCTS; made += 1) await projectedProduct();
});
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: MIDNIGHT_MS }));
afterEach(() => void vi.useRealTimers());

/** One run of the cron at an hour of a night. @returns its log lines of the audit */
async function runAt(hour: number, night = 0): Promise<unknown[]> {
  vi.setSystemTime(MIDNIGHT_MS + (24 * night + hour) * HOUR_MS);
  const lines: unknown[] = [];
  await sweep({ ...faultyWorker().deps, log: (event, fields) => void (event === "nightly_audit" && lines.push(fields)) });
  return lines;
}

it("audits and repairs some products per run, between 02:00 and 04:00, all of them once a night", async ({ expect }) => {
  await env.DB.exec("DELETE FROM product_stock");

  const before = await runAt(1.99);
  const first = await runAt(2);
  const second = await runAt(2.5);
  const third = await runAt(3.99);
  const after = await runAt(4);
  const nextNight = await runAt(3, 1);

  expect([before, third, after]).toEqual([[], [], []]);
  expect(first).toMatchObject([{ checked: 20, differing: 20, repaired: 20, is_last: false }]);
  expect(second).toMatchObject([
    { checked: 3, repaired: 3, is_last: true, checked_in_all: PRODUCTS, differing_in_all: PRODUCTS },
  ]);
  expect(nextNight).toMatchObject([{ checked: 20, checked_in_all: 20 }]);
});

it("continues the next night if one night was too short", async ({ expect }) => {
  await env.DB.exec("DELETE FROM stock_audits");
  await runAt(3.99, 2);

  const nextNight = await runAt(2, 3);

  expect(nextNight).toMatchObject([{ checked: 3, is_last: true, checked_in_all: PRODUCTS }]);
  expect(await sqlInD1("SELECT audit_id, last_row FROM stock_audits")).toEqual([{ audit_id: "nightly", last_row: 0 }]);
});
