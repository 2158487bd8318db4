import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { leaseDue } from "../../src/events/delivery-queries.ts";
import type { Deps } from "../../src/deps.ts";
import { planOf } from "../support/plan.ts";
import { passTime, sqlInD1, stopTime } from "../support/stock.ts";
import { deliveriesOf, happened, madeEndpoint, workerWithReceiver } from "../support/webhooks.ts";

const LEASE_MS = 120_000;
const NEVER = new Promise<never>(() => {});

beforeEach(async () => {
  stopTime();
  await sqlInD1("DELETE FROM webhook_endpoints");
});

afterEach(() => {
  vi.useRealTimers();
});

/** Fills an endpoint's outbox straight in D1; all are due. */
async function backlog(endpointId: string, size: number): Promise<void> {
  await sqlInD1(
    `INSERT INTO webhook_deliveries (delivery_id, endpoint_id, event_id, event_type, payload, status, attempts, next_attempt_at_ms,
       give_up_at_ms, created_at_ms)
     SELECT 'late-' || value || ':' || ?1, ?1, 'late-' || value, 'order.placed', '{}', 'pending', 0, ?2 + value, ?2 + 86400000, ?2
     FROM json_each(?3)`,
    endpointId,
    Date.now() - 10_000_000,
    JSON.stringify(Array.from({ length: size }, (_, index) => index)),
  );
}

async function statusesOf(endpointId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status, attempts } of await deliveriesOf(endpointId)) {
    const key = `${status} ${attempts}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Deps whose batches after the first are never answered: their Worker dies when it would record. */
function diesAfterLease(deps: Deps): Deps {
  let batches = 0;
  const batch: Deps["db"]["batch"] = (...queries) => {
    batches += 1;
    return batches === 1 ? deps.db.batch(...queries) : NEVER;
  };
  return { ...deps, db: { batch } };
}

describe("sending what is due", () => {
  it("sends again under the same id, where the Worker died between sending and recording", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const eventId = await happened();
    const { deps, received } = workerWithReceiver();

    void deliverDue(diesAfterLease(deps));
    await vi.waitUntil(() => received.length === 1);
    await deliverDue(deps);
    const whileLeased = received.length;
    passTime(LEASE_MS);
    await deliverDue(deps);

    expect(whileLeased).toBe(1);
    expect(received.map(({ headers }) => headers.get("webhook-id"))).toEqual([eventId, eventId]);
    expect(await statusesOf(id)).toEqual({ "delivered 2": 1 });
  });

  it("sends what a Worker leased that died before it sent", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const { deps, received } = workerWithReceiver();
    const bounds = { limit: 20, perEndpoint: 5, leaseMs: LEASE_MS, resting: [] };
    await deps.db.batch(leaseDue(bounds, Date.now()));

    await deliverDue(deps);
    const whileLeased = received.length;
    passTime(LEASE_MS);
    await deliverDue(deps);

    expect([whileLeased, received.length]).toEqual([0, 1]);
    expect(await statusesOf(id)).toEqual({ "delivered 2": 1 });
  });

  it("sends again what it could not record, and goes on with the rest", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await backlog(id, 3);
    const { deps, received } = workerWithReceiver();
    let batches = 0;
    const batch: Deps["db"]["batch"] = (...queries) => {
      batches += 1;
      return batches === 2 ? Promise.reject(new Error("D1_ERROR: down")) : deps.db.batch(...queries);
    };

    await deliverDue({ ...deps, db: { batch } });
    const once = await statusesOf(id);
    passTime(LEASE_MS);
    await deliverDue(deps);

    expect(once).toEqual({ "delivered 1": 2, "pending 1": 1 });
    expect(received).toHaveLength(4);
    expect(await statusesOf(id)).toEqual({ "delivered 1": 2, "delivered 2": 1 });
  });

  it("sends each once, where several Workers do it at once", async ({ expect }) => {
    const endpoints = [await madeEndpoint(), await madeEndpoint()];
    for (const { endpoint_id: id } of endpoints) await backlog(id, 30);
    const workers = Array.from({ length: 4 }, () => workerWithReceiver());

    await Promise.all(workers.map(({ deps }) => deliverDue(deps)));

    const sent = workers.flatMap(({ received }) => received.map(({ url, headers }) => `${url} ${headers.get("webhook-id")}`));
    expect(sent).toHaveLength(60);
    expect(new Set(sent).size).toBe(60);
  });

  it("does not let a late failure undo what another Worker delivered", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const other = workerWithReceiver();
    const { deps } = workerWithReceiver(async () => {
      passTime(LEASE_MS);
      await deliverDue(other.deps);
      return 500;
    });

    await deliverDue(deps);

    expect(other.received).toHaveLength(1);
    expect(await statusesOf(id)).toEqual({ "delivered 2": 1 });
  });

  it("gives every endpoint its turn, however long the backlog of a dead one", async ({ expect }) => {
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

  it("reads the due of each endpoint by index alone", async ({ expect }) => {
    const bounds = { limit: 20, perEndpoint: 5, leaseMs: LEASE_MS, resting: [] };

    const plan = await planOf(leaseDue(bounds, Date.now()).statement);

    expect(plan.filter((step) => /^SCAN (webhook_deliveries|d|due)\b/.test(step))).toEqual([]);
    expect(plan.join("\n")).toMatch(
      /SEARCH due USING (COVERING )?INDEX webhook_deliveries_due \(endpoint_id=\? AND next_attempt_at_ms<\?\)/,
    );
  });

  it("empties the backlog of a receiver that answers, up to 200 in a run", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await backlog(id, 230);
    const { deps, received } = workerWithReceiver();

    const first = await deliverDue(deps);
    const second = await deliverDue(deps);

    expect([first, second, received.length]).toEqual([200, 30, 230]);
    expect(new Set(received.map(({ headers }) => headers.get("webhook-id"))).size).toBe(230);
  });

  it("begins nothing new after 20 s", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await backlog(id, 30);
    const { deps, received } = workerWithReceiver(() => {
      passTime(4_000);
      return 200;
    });

    await deliverDue(deps);

    expect(received).toHaveLength(5);
    expect(await statusesOf(id)).toEqual({ "delivered 1": 5, "pending 0": 25 });
  });

  it("keeps at most six connections open at once", async ({ expect }) => {
    for (let count = 0; count < 4; count += 1) await backlog((await madeEndpoint()).endpoint_id, 5);
    let [open, most] = [0, 0];
    const { deps, received } = workerWithReceiver(async () => {
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      open -= 1;
      return 200;
    });

    await deliverDue(deps);

    expect([received.length, most <= 6]).toEqual([20, true]);
  });

  it("takes one statement where nothing is due", async ({ expect }) => {
    await madeEndpoint();
    const { deps, meter } = workerWithReceiver();

    await deliverDue(deps);

    expect([meter.hops, meter.statements]).toEqual([1, 1]);
  });
});
