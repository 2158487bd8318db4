import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { type AlertIndex, findAlertWindow, purgeAlerts } from "../../src/events/alert-queries.ts";
import { statusFor } from "../support/http/app.ts";
import { costOf } from "../support/cost/cost.ts";
import { get } from "../support/http/requests.ts";
import { planOf } from "../support/cost/plan.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const ALERTS = 3_000;
const LIMIT = 20;
/** The budget in docs/architecture.md. */
const BUDGET = 3 * LIMIT + 10;
const START_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/** Alert i is of product i % 300, out of stock for every third; only the last 300, one of each product, are open. */
beforeAll(async () => {
  await env.DB.exec(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${ALERTS}) INSERT INTO alerts (opened_at_ms, alert_id, kind, subject, details, closed_at_ms) SELECT ${START_MS} + i, printf('A%05d', i), iif(i % 3 = 0, 'out_of_stock', 'low_stock'), 'p' || (i % 300), '{"available":' || i || '}', iif(i < ${ALERTS - 300}, ${START_MS} + i + 1, NULL) FROM n`,
  );
});

interface Page {
  alerts: { alert_id: string; details: { available: number } }[];
  next_cursor: string | null;
}

async function ask(query: string): Promise<{ read: number; page: Page }> {
  const response = await get(`/api/v1/alerts?limit=${LIMIT}&${query}`, { admin: true });
  return { read: costOf(response).rowsRead, page: await response.json() };
}

/** The numbers of all alerts of a query, page by page, and the rows that its most expensive page read. */
async function walk(query: string): Promise<{ found: number[]; read: number }> {
  const found: number[] = [];
  let most = 0;
  for (let cursor: string | null = ""; cursor !== null;) {
    const { read, page } = await ask(`${query}${cursor && `&cursor=${cursor}`}`);
    found.push(...page.alerts.map(({ details }) => details.available));
    most = Math.max(most, read);
    cursor = page.next_cursor;
  }
  return { found, read: most };
}

const isOpen = (i: number) => i >= ALERTS - 300;
const newestFirst = (fits: (i: number) => boolean) =>
  Array.from({ length: ALERTS }, (_, index) => ALERTS - 1 - index).filter(fits);

describe("alerts", () => {
  it("show their figures and whether they are closed", async ({ expect }) => {
    const { page } = await ask("subject=p299");

    expect(page.alerts.slice(0, 2)).toEqual([
      {
        alert_id: "A02999",
        kind: "low_stock",
        subject: "p299",
        status: "open",
        details: { available: 2_999 },
        opened_at: "2026-01-01T00:00:02.999Z",
        closed_at: null,
        acknowledged_at: null,
        acknowledged_by: null,
        note: null,
      },
      expect.objectContaining({ alert_id: "A02699", status: "closed", closed_at: "2026-01-01T00:00:02.700Z" }),
    ]);
  });

  it.for([
    ["of any kind", "", () => true],
    ["that are open", "status=open", isOpen],
    ["that are closed", "status=closed", (i: number) => !isOpen(i)],
    ["of a kind", "kind=out_of_stock", (i: number) => i % 3 === 0],
    ["that are open, of a kind", "status=open&kind=out_of_stock", (i: number) => isOpen(i) && i % 3 === 0],
    ["of a subject", "subject=p7", (i: number) => i % 300 === 7],
    ["of a subject that are closed", "subject=p7&status=closed", (i: number) => i % 300 === 7 && !isOpen(i)],
    ["of a kind that never was", "kind=paid_order_waiting", () => false],
    ["of nothing", "subject=nothing", () => false],
  ] as const)("%s are listed once, newest first, within the budget", async ([, query, fits], { expect }) => {
    const { found, read } = await walk(query);

    expect(found).toEqual(newestFirst(fits));
    expect(read).toBeLessThanOrEqual(BUDGET);
  });

  it.for<[string, AlertIndex, string]>([
    ["all", {}, "PRIMARY KEY"],
    ["the open ones", { isOpen: true }, "INDEX alerts_open_newest"],
    ["a subject", { subject: "p7" }, "INDEX alerts_subject .subject=. AND"],
  ])("of %s are found by index, without a scan or sort", async ([, index, by], { expect }) => {
    const plan = await planOf(findAlertWindow(index, { atMs: START_MS, id: "A" }, 21));

    expect(plan).toEqual([expect.stringMatching(new RegExp(`^SEARCH alerts USING ${by} .*opened_at_ms,alert_id`))]);
  });

  it("are for staff", async ({ expect }) => {
    expect((await get("/api/v1/alerts")).status).toBe(401);
    expect(await statusFor("customer", "/api/v1/alerts")).toBe(403);
    expect(await statusFor("staff", "/api/v1/alerts")).toBe(200);
  });

  it.for([
    ["a status that is none", "status=over", "status"],
    ["a kind that is none", "kind=fire", "kind"],
    ["a cursor of another list", `cursor=${btoa("7")}`, "cursor"],
  ] as const)("are refused for %s", async ([, query, field], { expect }) => {
    const response = await get(`/api/v1/alerts?${query}`, { admin: true });

    expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("that were closed long ago are purged, a bounded number at once; open ones never", async ({ expect }) => {
    const { deps, meter } = bindDeps(env, { waitUntil: () => {} });
    const plan = await planOf(purgeAlerts(START_MS + DAY_MS, 1_000));

    const { purged } = await deps.db.batch("batch", { purged: purgeAlerts(START_MS + DAY_MS, 1_000) });

    expect(purged).toBe(1_000);
    expect(meter.rowsRead).toBeLessThan(5_000);
    expect(plan.filter((step) => step.startsWith("SCAN alerts"))).toEqual([]);
    expect(plan.join()).toContain("alerts_closed");
    const kept = await sqlInD1("SELECT min(opened_at_ms) AS oldest, count(*) AS count FROM alerts");
    expect(kept).toEqual([{ oldest: START_MS + 1_000, count: ALERTS - 1_000 }]);
    await deps.db.batch("batch", { purgeAlerts: purgeAlerts(START_MS + DAY_MS, ALERTS) });
    expect(await sqlInD1("SELECT count(*) AS count FROM alerts")).toEqual([{ count: 300 }]);
  });
});
