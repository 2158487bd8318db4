import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { patch } from "../support/http/requests.ts";
import { advanceTime, sqlInD1, stopTime } from "../support/stock/stock.ts";
import {
  deliveriesOf,
  ENDPOINTS,
  happened,
  madeEndpoint,
  onlyDelivery as only,
  type Received,
  verified,
  workerWithReceiver,
} from "../support/events/webhooks.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

beforeEach(async () => {
  stopTime();
  await sqlInD1("DELETE FROM webhook_endpoints");
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const idOf = ({ headers }: Received) => headers.get("webhook-id");

describe("a delivery", () => {
  it("that fails is retried later, under the same id and a new time", async ({ expect }) => {
    const { endpoint_id: id, secret } = await madeEndpoint();
    await happened();
    const answers = [503, 200];
    const { deps, received } = workerWithReceiver(() => answers.shift() ?? 500);

    await deliverDue(deps);
    const failed = await only(id);
    const dueInMs = failed.next_attempt_at_ms - Date.now();
    await deliverDue(deps);
    advanceTime(dueInMs);
    await deliverDue(deps);

    const [first, second, ...others] = received;
    if (!first || !second) throw new Error("Two were to be received.");
    expect(failed).toMatchObject({ status: "pending", attempts: 1, response_status: 503, error: "the receiver answered 503" });
    expect(dueInMs).toBeGreaterThanOrEqual(15_000);
    expect(dueInMs).toBeLessThanOrEqual(45_000);
    expect(others).toEqual([]);
    expect([idOf(second), second.body]).toEqual([idOf(first), first.body]);
    expect(second.headers.get("webhook-timestamp")).not.toBe(first.headers.get("webhook-timestamp"));
    expect(verified(secret, second)).toBeDefined();
    expect(await only(id)).toMatchObject({ status: "delivered", attempts: 2, response_status: 200, error: null });
  });

  it("fails permanently 24 hours after its event, and not before", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const startMs = Date.now();
    const { deps, received } = workerWithReceiver(() => 500);

    for (let status = "pending"; status === "pending";) {
      await deliverDue(deps);
      const now = await only(id);
      status = now.status;
      if (status === "pending") vi.setSystemTime(now.next_attempt_at_ms);
    }

    expect(await only(id)).toMatchObject({ status: "failed", attempts: received.length, response_status: 500 });
    expect(received.length).toBeGreaterThanOrEqual(8);
    expect(Date.now() - startMs).toBeGreaterThan(15 * HOUR_MS);
    expect(Date.now() - startMs).toBeLessThanOrEqual(24 * HOUR_MS);
    advanceTime(24 * HOUR_MS);
    await deliverDue(deps);
    expect(received).toHaveLength((await only(id)).attempts);
  });

  it("that was not tried in time fails without an attempt", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const { deps, received } = workerWithReceiver();

    advanceTime(24 * HOUR_MS);
    await deliverDue(deps);

    expect(received).toEqual([]);
    expect(await only(id)).toMatchObject({ status: "failed", attempts: 0, error: "it was not tried in time" });
  });

  it.for([
    [
      "a redirect, which is not followed",
      () => new Response(null, { status: 302, headers: { Location: "https://other.example.com/" } }),
      "the receiver answered 302",
    ],
    [
      "a broken connection",
      () => {
        throw new Error("connection reset");
      },
      "Error: connection reset",
    ],
  ] as const)("fails by %s", async ([, answer, error], { expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const { deps, received } = workerWithReceiver(answer);

    await deliverDue(deps);

    expect(received).toHaveLength(1);
    expect(await only(id)).toMatchObject({ status: "pending", attempts: 1, error });
  });

  it("fails if the receiver takes longer than 15 s", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const limit = vi
      .spyOn(AbortSignal, "timeout")
      .mockReturnValue(AbortSignal.abort(new DOMException("too slow", "TimeoutError")));
    const { deps } = workerWithReceiver();

    await deliverDue(deps);

    expect(limit).toHaveBeenCalledWith(15_000);
    expect(await only(id)).toMatchObject({ status: "pending", response_status: null, error: "TimeoutError: too slow" });
  });

  it("is not sent to a URL that is no longer allowed", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await sqlInD1("UPDATE webhook_endpoints SET url = 'http://127.0.0.1:4000/' WHERE endpoint_id = ?", id);
    await happened();
    const { deps, received } = workerWithReceiver();

    await deliverDue(deps);
    const refused = await only(id);
    vi.setSystemTime(refused.next_attempt_at_ms);
    await deliverDue({ ...deps, config: { ...deps.config, allowLocalWebhooks: true } });

    expect(refused).toMatchObject({ status: "pending", response_status: null, error: "the address must begin with https://" });
    expect(received.map(({ url }) => url)).toEqual(["http://127.0.0.1:4000/"]);
  });

  it("that is answered 410 disables its endpoint and fails its pending deliveries", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const other = await madeEndpoint();
    for (let count = 0; count < 8; count += 1) await happened();
    const { deps } = workerWithReceiver(({ url }) => (url === other.url ? 200 : 410));

    await deliverDue(deps);

    const statuses = (await deliveriesOf(id)).map(({ status }) => status);
    expect(await sqlInD1("SELECT status FROM webhook_endpoints WHERE endpoint_id = ?", id)).toEqual([{ status: "disabled" }]);
    expect(statuses).toEqual(Array.from({ length: 8 }, () => "failed"));
    expect((await deliveriesOf(other.endpoint_id)).every(({ status }) => status === "delivered")).toBe(true);
  });

  it("that is answered 410 at an old URL leaves the endpoint at its new URL active", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened();
    const { deps } = workerWithReceiver(async () => {
      await patch(`${ENDPOINTS}/${id}`, { url: "https://new.example.com/" }, { admin: true });
      return 410;
    });

    await deliverDue(deps);

    expect(await sqlInD1("SELECT status FROM webhook_endpoints WHERE endpoint_id = ?", id)).toEqual([{ status: "active" }]);
  });

  it("in flight while its endpoint is disabled keeps its own result", async ({ expect }) => {
    const [good, bad] = [await madeEndpoint(), await madeEndpoint()];
    await happened();
    const { deps } = workerWithReceiver(async ({ url }) => {
      const { endpoint_id: id } = url === good.url ? good : bad;
      await patch(`${ENDPOINTS}/${id}`, { status: "disabled" }, { admin: true });
      return url === good.url ? 200 : 500;
    });

    await deliverDue(deps);

    expect([(await only(good.endpoint_id)).status, (await only(bad.endpoint_id)).status]).toEqual(["delivered", "failed"]);
  });
});
