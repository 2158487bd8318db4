import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { purgeDeliveries } from "../../src/events/delivery-queries.ts";
import { findDeliveryWindow } from "../../src/events/webhook-queries.ts";
import { ownId } from "../support/catalog.ts";
import { costOf } from "../support/cost.ts";
import { type AskOptions, get, patch, post } from "../support/http.ts";
import { planOf } from "../support/plan.ts";
import { passTime, sqlInD1, stopTime } from "../support/stock.ts";
import { deliveriesOf, ENDPOINTS, happened, madeEndpoint, verified, workerWithReceiver } from "../support/webhooks.ts";

const ADMIN: AskOptions = { admin: true };
const DAY_MS = 86_400_000;
const LIMIT = 20;
/** DESIGN §10. */
const BUDGET = 3 * LIMIT + 10;

beforeEach(async () => {
  stopTime();
  await sqlInD1("DELETE FROM webhook_endpoints");
});

afterEach(() => {
  vi.useRealTimers();
});

interface Page {
  deliveries: Record<string, unknown>[];
  next_cursor: string | null;
}

async function list(endpointId: string, query = ""): Promise<{ page: Page; read: number }> {
  const response = await get(`${ENDPOINTS}/${endpointId}/deliveries?limit=${LIMIT}&${query}`, ADMIN);
  return { page: await response.json(), read: costOf(response).rowsRead };
}

function replay(endpointId: string, deliveryId: string, options: AskOptions = ADMIN): Promise<Response> {
  return post(`${ENDPOINTS}/${endpointId}/deliveries/${encodeURIComponent(deliveryId)}/replay`, undefined, options);
}

/** An endpoint with one delivery that has failed for good. */
async function failedDelivery() {
  const endpoint = await madeEndpoint();
  const eventId = await happened();
  await sqlInD1(
    "UPDATE webhook_deliveries SET status = 'failed', attempts = 10, response_status = 500, error = 'x' WHERE event_id = ?",
    eventId,
  );
  return { ...endpoint, deliveryId: `${eventId}:${endpoint.endpoint_id}` };
}

/** Writes old deliveries straight into D1, three in each millisecond, every tenth of which has failed. */
async function fill(endpointId: string, count: number, createdAtMs = Date.now()): Promise<void> {
  await sqlInD1(
    `INSERT INTO webhook_deliveries (delivery_id, endpoint_id, event_id, event_type, payload, status, attempts, next_attempt_at_ms,
       give_up_at_ms, created_at_ms)
     SELECT printf('e%05d:', value) || ?1, ?1, printf('e%05d', value), 'order.placed', '{}', iif(value % 10 = 0, 'failed', 'delivered'), 1, 0,
       ?2 + value / 3 + ${DAY_MS}, ?2 + value / 3
     FROM json_each(?3)`,
    endpointId,
    createdAtMs,
    JSON.stringify(Array.from({ length: count }, (_, index) => index)),
  );
}

describe("the deliveries of an endpoint", () => {
  it("show how far each is", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const eventId = await happened();
    const at = new Date().toISOString();
    const { deps } = workerWithReceiver(() => 503);

    const before = await list(id);
    await deliverDue(deps);
    const after = await list(id);

    const shown = {
      delivery_id: `${eventId}:${id}`,
      event_id: eventId,
      event_type: "order.placed",
      status: "pending",
      gives_up_at: new Date(Date.now() + DAY_MS).toISOString(),
      created_at: at,
    };
    const untried = { attempts: 0, next_attempt_at: at, response_status: null, error: null, last_attempt_at: null };
    const tried = { attempts: 1, response_status: 503, error: "the receiver answered 503", last_attempt_at: at };
    expect(before.page).toEqual({ deliveries: [{ ...shown, ...untried }], next_cursor: null });
    expect(after.page.deliveries).toEqual([{ ...shown, ...tried, next_attempt_at: expect.any(String) }]);
  });

  it("are its own, newest first, each once over the pages, within the budget", async ({ expect }) => {
    const [one, other] = [await madeEndpoint(), await madeEndpoint()];
    await fill(one.endpoint_id, 1_000);
    await fill(other.endpoint_id, 1_000);
    const walk = async (query: string) => {
      const [found, reads]: [unknown[], number[]] = [[], []];
      for (let cursor: string | null = ""; cursor !== null;) {
        const { page, read } = await list(one.endpoint_id, `${query}${cursor && `&cursor=${cursor}`}`);
        found.push(...page.deliveries.map(({ event_id: eventId }) => eventId));
        reads.push(read);
        cursor = page.next_cursor;
      }
      return { found, most: Math.max(...reads) };
    };
    const newestFirst = Array.from({ length: 1_000 }, (_, index) => `e${String(999 - index).padStart(5, "0")}`);

    const [all, failed] = [await walk(""), await walk("status=failed")];

    expect(all.found).toEqual(newestFirst);
    expect(failed.found).toEqual(newestFirst.filter((eventId) => eventId.endsWith("0")));
    expect(Math.max(all.most, failed.most)).toBeLessThanOrEqual(BUDGET);
  });

  it("are sought in their order: no scan, no sorting", async ({ expect }) => {
    const plan = await planOf(findDeliveryWindow("e", { atMs: 1, id: "d" }, 21).statement);

    expect(plan).toEqual([
      expect.stringMatching(/^SEARCH webhook_deliveries USING INDEX webhook_deliveries_endpoint .*created_at_ms,delivery_id/),
    ]);
  });

  it.for([
    ["a status that is none", "status=lost", "status"],
    ["a cursor of another list", `cursor=${btoa("7")}`, "cursor"],
  ] as const)("are refused for %s", async ([, query, field], { expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const { page } = await list(id, query);

    expect(page).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("are purged after 30 days, a bounded number at once, but not while they are still to be tried", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await fill(id, 50, Date.now() - 31 * DAY_MS);
    await fill((await madeEndpoint()).endpoint_id, 50);
    const deliveryId = `e00000:${id}`;
    await replay(id, deliveryId);
    const { deps } = workerWithReceiver();
    const purge = purgeDeliveries(Date.now() - 30 * DAY_MS, Date.now(), 40);

    const [first] = await deps.db.batch(purge);
    const [second] = await deps.db.batch(purge);

    expect([first, second]).toEqual([40, 9]);
    expect(await deliveriesOf(id)).toMatchObject([{ delivery_id: deliveryId, status: "pending" }]);
    const plan = await planOf(purge.statement);
    expect(plan.filter((step) => step.startsWith("SCAN webhook"))).toEqual([]);
    expect(plan.join()).toContain("webhook_deliveries_old");
  });
});

describe("a replay", () => {
  it("makes a delivery due at once, for another 24 hours, under the same webhook-id", async ({ expect }) => {
    const { endpoint_id: id, deliveryId, secret } = await failedDelivery();
    passTime(3 * DAY_MS);
    const { deps, received } = workerWithReceiver();

    const response = await replay(id, deliveryId);
    await deliverDue(deps);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      delivery_id: deliveryId,
      status: "pending",
      attempts: 0,
      next_attempt_at: new Date().toISOString(),
      gives_up_at: new Date(Date.now() + DAY_MS).toISOString(),
      response_status: 500,
    });
    expect(received[0] && verified(secret, received[0])).toMatchObject({ type: "order.placed" });
    expect(`${received[0]?.headers.get("webhook-id")}:${id}`).toBe(deliveryId);
    expect(await deliveriesOf(id)).toMatchObject([{ status: "delivered", attempts: 1 }]);
  });

  it("sends a delivered one again, and a waiting one at once", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const eventId = await happened();
    const answers = [200, 500, 200];
    const { deps, received } = workerWithReceiver(() => answers.shift() ?? 500);
    const deliveryId = `${eventId}:${id}`;

    await deliverDue(deps);
    await replay(id, deliveryId);
    await deliverDue(deps);
    await replay(id, deliveryId);
    await deliverDue(deps);

    expect(received).toHaveLength(3);
    expect(await deliveriesOf(id)).toMatchObject([{ status: "delivered", attempts: 1 }]);
  });

  it("is made once under one key, and leaves one entry in the audit log", async ({ expect }) => {
    const { endpoint_id: id, deliveryId } = await failedDelivery();
    const key = ownId("key");
    const { deps, received } = workerWithReceiver();

    await replay(id, deliveryId, { ...ADMIN, key });
    await deliverDue(deps);
    const again = await replay(id, deliveryId, { ...ADMIN, key });
    await deliverDue(deps);

    expect([again.status, again.headers.get("Idempotency-Replayed"), received.length]).toEqual([200, "true", 1]);
    const entries = await sqlInD1("SELECT action, actor FROM audit_log WHERE record_id = ?", deliveryId);
    expect(entries).toEqual([{ action: "webhook_delivery.replay", actor: "admin" }]);
  });

  it("to a disabled endpoint is refused", async ({ expect }) => {
    const { endpoint_id: id, deliveryId } = await failedDelivery();
    await patch(`${ENDPOINTS}/${id}`, { status: "disabled" }, ADMIN);

    const refused = await replay(id, deliveryId);

    expect(await refused.json()).toMatchObject({ status: 409, code: "endpoint_disabled" });
    expect(await deliveriesOf(id)).toMatchObject([{ status: "failed", attempts: 10 }]);
  });

  it("to an endpoint that is disabled at the same time never leaves it waiting", async ({ expect }) => {
    const made = await Promise.all(Array.from({ length: 6 }, failedDelivery));

    const answers = await Promise.all(
      made.flatMap(({ endpoint_id: id, deliveryId }) => [
        replay(id, deliveryId),
        patch(`${ENDPOINTS}/${id}`, { status: "disabled" }, ADMIN),
      ]),
    );

    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(
      await sqlInD1(
        "SELECT delivery_id FROM webhook_deliveries WHERE attempts = 0 AND status = 'pending' AND endpoint_id IN (SELECT endpoint_id FROM webhook_endpoints WHERE status = 'disabled')",
      ),
    ).toEqual([]);
  });

  it("of another endpoint's delivery, or of none, answers 404", async ({ expect }) => {
    const { deliveryId } = await failedDelivery();
    const other = await madeEndpoint();

    const answers = [await replay(other.endpoint_id, deliveryId), await replay(other.endpoint_id, "nothing")];

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});
