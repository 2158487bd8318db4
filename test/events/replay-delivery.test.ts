import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { replayDelivery } from "../../src/events/replay-delivery.ts";
import { ownId } from "../support/shop/catalog.ts";
import { type AskOptions, patch } from "../support/http/requests.ts";
import { advanceTime, sqlInD1, stopTime } from "../support/stock/stock.ts";
import {
  deliveriesOf,
  ENDPOINTS,
  happened,
  madeEndpoint,
  replay,
  verified,
  workerWithReceiver,
} from "../support/events/webhooks.ts";

const ADMIN: AskOptions = { admin: true };
const DAY_MS = 86_400_000;

beforeEach(async () => {
  stopTime();
  await sqlInD1("DELETE FROM webhook_endpoints");
});

afterEach(() => {
  vi.useRealTimers();
});

/** An endpoint with one delivery that has failed permanently. */
async function failedDelivery() {
  const endpoint = await madeEndpoint();
  const eventId = await happened();
  await sqlInD1(
    "UPDATE webhook_deliveries SET status = 'failed', attempts = 10, response_status = 500, error = 'x' WHERE event_id = ?",
    eventId,
  );
  return { ...endpoint, deliveryId: `${eventId}:${endpoint.endpoint_id}` };
}

describe("a replay", () => {
  it("makes a delivery due at once, for another 24 hours, under the same webhook-id", async ({ expect }) => {
    const { endpoint_id: id, deliveryId, secret } = await failedDelivery();
    advanceTime(3 * DAY_MS);
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

  it("sends a delivered one again, and a pending one at once", async ({ expect }) => {
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

  it("happens once per key, with one entry in the audit log", async ({ expect }) => {
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

  it("to an endpoint that is disabled meanwhile is refused too", async ({ expect }) => {
    const { endpoint_id: id, deliveryId } = await failedDelivery();
    const { deps } = workerWithReceiver();
    let isFirst = true;
    const batch: Deps["db"]["batch"] = async (name, queries) => {
      const answer = await deps.db.batch(name, queries);
      if (isFirst) await patch(`${ENDPOINTS}/${id}`, { status: "disabled" }, ADMIN);
      isFirst = false;
      return answer;
    };

    const replayed = replayDelivery({ ...deps, db: { batch } }, undefined, id, deliveryId);

    await expect(replayed).rejects.toMatchObject({ code: "endpoint_disabled" });
    expect(await deliveriesOf(id)).toMatchObject([{ status: "failed", attempts: 10 }]);
  });

  it("of another endpoint's delivery, or an unknown one, answers 404", async ({ expect }) => {
    const { deliveryId } = await failedDelivery();
    const other = await madeEndpoint();

    const answers = [await replay(other.endpoint_id, deliveryId), await replay(other.endpoint_id, "nothing")];

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});
