import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { leaseDue } from "../../src/events/delivery-queries.ts";
import { planOf } from "../support/cost/plan.ts";
import { advanceTime, sqlInD1, stopTime } from "../support/stock/stock.ts";
import { backlog, happened, madeEndpoint, statusesOf, workerWithReceiver } from "../support/events/webhooks.ts";

const LEASE_MS = 120_000;

beforeEach(async () => {
  stopTime();
  await sqlInD1("DELETE FROM webhook_endpoints");
});

afterEach(() => {
  vi.useRealTimers();
});

describe("sending what is due", () => {
  it("serves every endpoint, however long the backlog of a failing one", async ({ expect }) => {
    const [dead, live] = [await madeEndpoint(), await madeEndpoint()];
    await backlog(dead.endpoint_id, 2_000);
    await happened();
    const { deps, meter, received } = workerWithReceiver(({ url }) => (url === dead.url ? 500 : 200));
    const pending = await statusesOf(dead.endpoint_id);

    await deliverDue(deps);

    expect(pending).toEqual({ "pending 0": 2_001 });
    expect(await statusesOf(live.endpoint_id)).toEqual({ "delivered 1": 1 });
    expect(await statusesOf(dead.endpoint_id)).toEqual({ "pending 0": 1_996, "pending 1": 5 });
    expect(received).toHaveLength(6);
    expect(meter.rowsRead).toBeLessThan(150);
  });

  it("serves every endpoint in the first round, which may be the last", async ({ expect }) => {
    for (let count = 0; count < 4; count += 1) await backlog((await madeEndpoint()).endpoint_id, 10);
    const live = await madeEndpoint();
    await happened();
    const { deps } = workerWithReceiver(({ url }) => {
      advanceTime(2_000);
      return url === live.url ? 200 : 500;
    });

    await deliverDue(deps);

    expect(await statusesOf(live.endpoint_id)).toEqual({ "delivered 1": 1 });
  });

  it("skips deliveries of endpoints that are not active", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await backlog(id, 3);
    await sqlInD1("UPDATE webhook_endpoints SET status = 'disabled'");
    const { deps, received } = workerWithReceiver();

    await deliverDue(deps);

    expect(received).toEqual([]);
    expect(await statusesOf(id)).toEqual({ "pending 0": 3 });
  });

  it("reads the due deliveries of each endpoint by index", async ({ expect }) => {
    const bounds = { limit: 20, perEndpoint: 5, leaseMs: LEASE_MS, failing: [] };

    const plan = await planOf(leaseDue(bounds, Date.now()));

    expect(plan.filter((step) => /^SCAN (webhook_deliveries|d|due)\b/.test(step))).toEqual([]);
    expect(plan.join("\n")).toMatch(
      /SEARCH due USING (COVERING )?INDEX webhook_deliveries_due \(endpoint_id=\? AND next_attempt_at_ms<\?\)/,
    );
  });

  it("sends up to 200 deliveries of a backlog in a run", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await backlog(id, 230);
    const { deps, received } = workerWithReceiver();

    const first = await deliverDue(deps);
    const second = await deliverDue(deps);

    expect([first, second, received.length]).toEqual([200, 30, 230]);
    expect(new Set(received.map(({ headers }) => headers.get("webhook-id"))).size).toBe(230);
  });

  it("starts no round after 20 s", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await backlog(id, 30);
    const { deps, received } = workerWithReceiver(() => {
      advanceTime(4_000);
      return 200;
    });

    await deliverDue(deps);

    expect(received).toHaveLength(5);
    expect(await statusesOf(id)).toEqual({ "delivered 1": 5, "pending 0": 25 });
  });

  it("keeps at most six connections open at once", async ({ expect }) => {
    for (let count = 0; count < 4; count += 1) await backlog((await madeEndpoint()).endpoint_id, 5);
    let answerAll = () => {};
    const gate = new Promise<void>((resolve) => {
      answerAll = resolve;
    });
    const { deps, received } = workerWithReceiver(async () => {
      await gate;
      return 200;
    });

    const sending = deliverDue(deps);
    await vi.waitUntil(() => received.length >= 6);
    await sqlInD1("SELECT 1");
    const open = received.length;
    answerAll();
    await sending;

    expect([open, received.length]).toEqual([6, 20]);
  });

  it("takes one statement if nothing is due", async ({ expect }) => {
    await madeEndpoint();
    const { deps, meter } = workerWithReceiver();

    await deliverDue(deps);

    expect([meter.hops, meter.statements]).toEqual([1, 1]);
  });
});
