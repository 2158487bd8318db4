import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { leaseDue } from "../../src/events/delivery-queries.ts";
import type { Deps } from "../../src/deps.ts";
import { advanceTime, sqlInD1, stopTime } from "../support/stock/stock.ts";
import { backlog, happened, madeEndpoint, statusesOf, workerWithReceiver } from "../support/events/webhooks.ts";

const LEASE_MS = 120_000;
const NEVER = new Promise<never>(() => {});

beforeEach(async () => {
  stopTime();
  await sqlInD1("DELETE FROM webhook_endpoints");
});

afterEach(() => {
  vi.useRealTimers();
});

/** Deps of a Worker that dies before it records: its batches after the first are never answered. */
function diesAfterLease(deps: Deps): Deps {
  let batches = 0;
  const batch: Deps["db"]["batch"] = (name, queries) => {
    batches += 1;
    return batches === 1 ? deps.db.batch(name, queries) : NEVER;
  };
  return { ...deps, db: { batch } };
}

describe("sending what is due", () => {
  it("sends again under the same id after a crash between sending and recording", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const eventId = await happened();
    const { deps, received } = workerWithReceiver();

    void deliverDue(diesAfterLease(deps));
    await vi.waitUntil(() => received.length === 1);
    await deliverDue(deps);
    const whileLeased = received.length;
    advanceTime(LEASE_MS);
    await deliverDue(deps);

    expect(whileLeased).toBe(1);
    expect(received.map(({ headers }) => headers.get("webhook-id"))).toEqual([eventId, eventId]);
    expect(await statusesOf(id)).toEqual({ "delivered 2": 1 });
  });

  it("sends what a Worker had leased that crashed before sending", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const { deps, received } = workerWithReceiver();
    const bounds = { limit: 20, perEndpoint: 5, leaseMs: LEASE_MS, failing: [] };
    await deps.db.batch("batch", { leaseDue: leaseDue(bounds, Date.now()) });

    await deliverDue(deps);
    const whileLeased = received.length;
    advanceTime(LEASE_MS);
    await deliverDue(deps);

    expect([whileLeased, received.length]).toEqual([0, 1]);
    expect(await statusesOf(id)).toEqual({ "delivered 2": 1 });
  });

  it("sends again what it could not record, and continues with the rest", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await backlog(id, 3);
    const { deps, received } = workerWithReceiver();
    let batches = 0;
    const batch: Deps["db"]["batch"] = (name, queries) => {
      batches += 1;
      return batches === 2 ? Promise.reject(new Error("D1_ERROR: down")) : deps.db.batch(name, queries);
    };

    await deliverDue({ ...deps, db: { batch } });
    const once = await statusesOf(id);
    advanceTime(LEASE_MS);
    await deliverDue(deps);

    expect(once).toEqual({ "delivered 1": 2, "pending 1": 1 });
    expect(received).toHaveLength(4);
    expect(await statusesOf(id)).toEqual({ "delivered 1": 2, "delivered 2": 1 });
  });

  it("sends each delivery once when several Workers run at once", async ({ expect }) => {
    const endpoints = [await madeEndpoint(), await madeEndpoint()];
    for (const { endpoint_id: id } of endpoints) await backlog(id, 30);
    const workers = Array.from({ length: 4 }, () => workerWithReceiver());

    await Promise.all(workers.map(({ deps }) => deliverDue(deps)));

    const sent = workers.flatMap(({ received }) => received.map(({ url, headers }) => `${url} ${headers.get("webhook-id")}`));
    expect(sent).toHaveLength(60);
    expect(new Set(sent).size).toBe(60);
  });

  it("keeps a delivery delivered when another Worker records a failure later", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const other = workerWithReceiver();
    const { deps } = workerWithReceiver(async () => {
      advanceTime(LEASE_MS);
      await deliverDue(other.deps);
      return 500;
    });

    await deliverDue(deps);

    expect(other.received).toHaveLength(1);
    expect(await statusesOf(id)).toEqual({ "delivered 2": 1 });
  });
});
