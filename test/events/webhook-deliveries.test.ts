import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { purgeDeliveries } from "../../src/events/delivery-queries.ts";
import { findDeliveryWindow } from "../../src/events/webhook-queries.ts";
import { costOf } from "../support/cost/cost.ts";
import { type AskOptions, get } from "../support/http/requests.ts";
import { planOf } from "../support/cost/plan.ts";
import { sqlInD1, stopTime } from "../support/stock/stock.ts";
import { deliveriesOf, ENDPOINTS, happened, madeEndpoint, replay, workerWithReceiver } from "../support/events/webhooks.ts";

const ADMIN: AskOptions = { admin: true };
const DAY_MS = 86_400_000;
const LIMIT = 20;
/** The budget in docs/architecture.md. */
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
  it("show the state of each", async ({ expect }) => {
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

  it("are listed once, newest first, within the budget, and without those of others", async ({ expect }) => {
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

  it("are found by index, without a scan or sort", async ({ expect }) => {
    const plan = await planOf(findDeliveryWindow("e", { atMs: 1, id: "d" }, 21));

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

  it("are purged after 30 days, a bounded number at once, but not while they are pending", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await fill(id, 50, Date.now() - 31 * DAY_MS);
    await fill((await madeEndpoint()).endpoint_id, 50);
    const deliveryId = `e00000:${id}`;
    await replay(id, deliveryId);
    const { deps } = workerWithReceiver();
    const purge = purgeDeliveries(Date.now() - 30 * DAY_MS, Date.now(), 40);

    const { first } = await deps.db.batch("batch", { first: purge });
    const { second } = await deps.db.batch("batch", { second: purge });

    expect([first, second]).toEqual([40, 9]);
    expect(await deliveriesOf(id)).toMatchObject([{ delivery_id: deliveryId, status: "pending" }]);
    const plan = await planOf(purge);
    expect(plan.filter((step) => step.startsWith("SCAN webhook"))).toEqual([]);
    expect(plan.join()).toContain("webhook_deliveries_old");
  });
});
