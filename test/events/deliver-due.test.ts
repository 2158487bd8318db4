import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { deliverDue } from "../../src/events/deliver-due.ts";
import { sweep } from "../../src/cron.ts";
import { post } from "../support/http/requests.ts";
import { newId } from "../support/shop/shop.ts";
import { advanceTime, sqlInD1, stopTime } from "../support/stock/stock.ts";
import {
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
  it("is a POST of the event, signed as Standard Webhooks specifies", async ({ expect }) => {
    const { endpoint_id: id, url, secret } = await madeEndpoint();
    const eventId = await happened();
    const { deps, received } = workerWithReceiver();

    const tried = await deliverDue(deps);

    const [message] = received;
    expect([tried, received.length]).toEqual([1, 1]);
    expect(message).toMatchObject({ url, method: "POST" });
    expect(message?.headers.get("content-type")).toBe("application/json");
    expect(message && idOf(message)).toBe(eventId);
    expect(message && verified(secret, message)).toMatchObject({ type: "order.placed", data: { order_id: "ORD1" } });
    expect(await only(id)).toMatchObject({ status: "delivered", attempts: 1, response_status: 204, error: null });
  });

  it("fails verification if a byte, the id or the time is changed", async ({ expect }) => {
    const { secret } = await madeEndpoint();
    await happened();
    const { deps, received } = workerWithReceiver();
    await deliverDue(deps);

    const [message] = received;
    if (!message) throw new Error("Nothing was received.");

    const headers = new Headers(message.headers);
    headers.set("webhook-id", "another");
    expect(() => verified(secret, { ...message, body: `${message.body} ` })).toThrow("No matching signature");
    expect(() => verified(secret, { ...message, headers })).toThrow("No matching signature");
    expect(() => verified(`whsec_${btoa("x".repeat(32))}`, message)).toThrow("No matching signature");
    advanceTime(6 * MINUTE_MS);
    expect(() => verified(secret, message)).toThrow("too old");
  });

  it("is sent once: nothing is due afterwards", async ({ expect }) => {
    await madeEndpoint();
    await happened();
    const { deps, received } = workerWithReceiver();

    await deliverDue(deps);
    advanceTime(HOUR_MS);
    await deliverDue(deps);

    expect(received).toHaveLength(1);
  });

  it("is also signed with the previous secret after a rotation", async ({ expect }) => {
    const { endpoint_id: id, secret: first } = await madeEndpoint();
    const rotate = async () =>
      (await (await post(`${ENDPOINTS}/${id}/rotate-secret`, undefined, { admin: true })).json<{ secret: string }>()).secret;
    const { deps, received } = workerWithReceiver();

    const second = await rotate();
    await happened();
    await deliverDue(deps);
    const third = await rotate();
    await happened();
    await deliverDue(deps);

    const [one, two] = received;
    if (!one || !two) throw new Error("Two were to be received.");
    expect([first, second].map((secret) => verified(secret, one))).toEqual([expect.anything(), expect.anything()]);
    expect([second, third].map((secret) => verified(secret, two))).toEqual([expect.anything(), expect.anything()]);
    expect(() => verified(first, two)).toThrow("No matching signature");
  });

  it("is sent by the cron", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await happened("order.placed", newId("event"));
    const { deps, received } = workerWithReceiver();

    await sweep(deps);

    expect(received).toHaveLength(1);
    expect(await only(id)).toMatchObject({ status: "delivered" });
  });

  it("is sent with the platform's fetch", async ({ expect }) => {
    const { endpoint_id: id, url } = await madeEndpoint();
    await happened();
    const { deps } = bindDeps(env, { waitUntil: () => {} });
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("thanks", { status: 201 }));

    await deliverDue({ ...deps, log: () => {} });

    expect(fetched).toHaveBeenCalledExactlyOnceWith(url, expect.objectContaining({ method: "POST", redirect: "manual" }));
    expect(await only(id)).toMatchObject({ status: "delivered", response_status: 201 });
  });
});
