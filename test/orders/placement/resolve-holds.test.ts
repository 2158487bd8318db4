import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { bindDeps } from "../../../src/bind.ts";
import type { Deps } from "../../../src/deps.ts";
import { prepare } from "../../../src/db/client.ts";
import { resolveQueries } from "../../../src/orders/placement/expiry-queries.ts";
import { sweep } from "../../../src/cron.ts";
import { newId } from "../../support/shop/shop.ts";

const ORDERS = 3_000;
const ACTIONS = 50;
/** The rows that one hold may read, for any number of orders. */
const MAX_ROWS = 10;
/** Cloudflare's free plan allows 50 statements an invocation. */
const MAX_STATEMENTS = 33;

beforeAll(async () => {
  await env.DB.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ORDERS}) INSERT INTO orders (order_id, hold_id, request_hash, status, payment_method, payment_status, payment_due_at_ms, customer_name, country, delivery_method, ranked_by, currency, subtotal_minor, delivery_cost_minor, total_minor, estimated_delivery_at_ms, created_at_ms, updated_at_ms) SELECT 'ORD' || i, 'ORD' || i || '.a', '', 'PENDING', 'card', 'pending', 1, 'x', 'IN', 'curbside', 'default', 'INR', 0, 0, 0, 0, 0, 0 FROM n`,
  );
});

// By day: at night the sweep audits stock as well.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2040, 0, 1, 12) }));
afterEach(() => void vi.useRealTimers());

const insertCancel = (ids: string, lines: string, atMs: string) =>
  `INSERT INTO stock_actions (action_id, order_id, hold_id, kind, lines, cause, at_ms)
   VALUES (${ids}, 'cancel', ${lines}, '{"actor":"order"}', ${atMs})`;

const lineOf = (productId: string) => JSON.stringify([{ productId, variantId: productId, warehouseId: "BLR", quantity: 1 }]);

describe("an alarm's question to D1", () => {
  it.for([
    ["a hold that no order records", { orderId: "ORD", holdId: "ORD.1" }],
    ["the hold of an order whose payment window is over", { orderId: "ORD7", holdId: "ORD7.a" }],
    ["another hold of an order", { orderId: "ORD8", holdId: "ORD8.b" }],
  ] as const)("about %s reads a few rows, for any number of orders", async ([, asked], { expect }) => {
    const statements = Object.values(resolveQueries("prod-001", [asked], 2, Date.now()))
      .flat()
      .map(({ statement }) => prepare(env.DB, statement));

    const results = await env.DB.batch(statements);

    expect(results.length).toBeGreaterThanOrEqual(4);
    for (const { meta } of results) expect(meta.rows_read).toBeLessThanOrEqual(MAX_ROWS);
  });
});

describe("the sweep", () => {
  it("does every other step where one fails, logs the step and reports that the run failed", async ({ expect }) => {
    const cancelled = newId("ORD");
    await env.DB.prepare(insertCancel("?1, ?1, ?1", "?2", "0"))
      .bind(cancelled, lineOf(newId()))
      .run();
    const { deps } = bindDeps(env, { waitUntil: () => {} });
    const logged: unknown[] = [];
    let batches = 0;
    const failing: Deps = {
      ...deps,
      log: (event, fields) => void logged.push([event, fields.step]),
      db: {
        // The first batch looks for orders that are due.
        batch: (name, queries) => ((batches += 1) === 1 ? Promise.reject(new Error("D1 is down")) : deps.db.batch(name, queries)),
      },
    };

    await expect(sweep(failing)).rejects.toThrow("D1 is down");

    expect(logged).toContainEqual(["sweep_failed", "due"]);
    const owed = await env.DB.prepare("SELECT * FROM stock_actions WHERE action_id = ?").bind(cancelled).all();
    expect(owed.results).toEqual([]);
  });

  it("takes the same few statements for a full run as for an empty one", async ({ expect }) => {
    const bound = () => bindDeps(env, { waitUntil: () => {} });
    // What there is of other tests is indexed for the search before, a thousand orders a run.
    for (let indexed = 0; indexed <= ORDERS; indexed += 1_000) await sweep(bound().deps);
    const rows = Array.from({ length: ACTIONS }, (_, at) => [`cancel:${newId()}`, `ORD.${at}`, lineOf(newId()), at]);
    const insert = env.DB.prepare(insertCancel("?1, ?2, ?2", "?3", "?4"));
    await env.DB.batch(rows.map((row) => insert.bind(...row)));
    const full = bound();
    await sweep(full.deps);
    const empty = bound();

    await sweep(empty.deps);

    // The actions that ran are deleted in one batch of two.
    expect(full.meter.statements).toBeLessThanOrEqual(empty.meter.statements + 2);
    expect(full.meter.statements).toBeLessThanOrEqual(MAX_STATEMENTS);
    expect((await env.DB.prepare("SELECT * FROM stock_actions WHERE action_id LIKE 'cancel:%'").all()).results).toEqual([]);
  });
});
