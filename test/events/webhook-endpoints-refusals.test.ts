import { beforeEach, describe, it } from "vitest";
import { appWith, statusFor } from "../support/http/app.ts";
import { type AskOptions, get, patch, post, del } from "../support/http/requests.ts";
import { sqlInD1 } from "../support/stock/stock.ts";
import { ENDPOINTS, madeEndpoint } from "../support/events/webhooks.ts";

const ADMIN: AskOptions = { admin: true };
const body = (more: Record<string, unknown> = {}) => ({
  url: "https://shop.example.com/hooks",
  events: ["order.placed"],
  ...more,
});

beforeEach(async () => {
  await sqlInD1("DELETE FROM webhook_endpoints");
});

async function change(endpointId: string, changes: unknown, options: AskOptions = ADMIN): Promise<Record<string, unknown>> {
  const response = await patch(`${ENDPOINTS}/${endpointId}`, changes, options);
  return { http: response.status, ...(await response.json<Record<string, unknown>>()) };
}

describe("webhook endpoints", () => {
  it("are at most 20, however many are created at once", async ({ expect }) => {
    const answers = await Promise.all(Array.from({ length: 23 }, () => post(ENDPOINTS, body(), ADMIN)));

    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(3);
    expect(await refused[0]?.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field: "url" }] });
  });

  it("are for admins", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const path = `${ENDPOINTS}/${id}`;

    const answers = await Promise.all([
      post(ENDPOINTS, body()),
      get(ENDPOINTS),
      get(path),
      patch(path, { description: "Mine" }),
      del(path),
      post(`${path}/rotate-secret`, undefined),
      get(`${path}/deliveries`),
      post(`${path}/deliveries/x/replay`, undefined),
    ]);

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect(await statusFor("staff", ENDPOINTS)).toBe(403);
  });

  it("that do not exist answer 404", async ({ expect }) => {
    const path = `${ENDPOINTS}/nothing`;

    const answers = await Promise.all([
      get(path, ADMIN),
      patch(path, { description: "x" }, ADMIN),
      del(path, ADMIN),
      post(`${path}/rotate-secret`, undefined, ADMIN),
      get(`${path}/deliveries`, ADMIN),
      post(`${path}/deliveries/x/replay`, undefined, ADMIN),
    ]);

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });

  it.for([
    ["no address", { url: undefined }, "url"],
    ["an address by http", { url: "http://shop.example.com/" }, "url"],
    ["an address of this machine", { url: "https://127.0.0.1/" }, "url"],
    ["an address of a cloud's metadata", { url: "https://169.254.169.254/" }, "url"],
    ["no events", { events: [] }, "events"],
    ["an event twice", { events: ["stock.low", "stock.low"] }, "events"],
    ["an event that there is not", { events: ["order.eaten"] }, "events[0]"],
    ["too long a description", { description: "x".repeat(201) }, "description"],
  ] as const)("refuse %s, on creation and change", async ([, more, field], { expect }) => {
    const { endpoint_id: id } = await madeEndpoint();

    const refused = await post(ENDPOINTS, body(more), ADMIN);

    expect(await refused.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
    expect(await change(id, more)).toMatchObject({ http: 422, code: "validation_failed" });
  });

  it("refuse a change of nothing", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();

    expect(await change(id, {})).toMatchObject({ http: 422, code: "validation_failed" });
  });

  it("may be on this machine while ALLOW_LOCAL_WEBHOOKS is on", async ({ expect }) => {
    const headers = { "Content-Type": "application/json", Authorization: "Bearer test-admin-token-0123456789" };
    const init = { method: "POST", headers, body: JSON.stringify(body({ url: "http://localhost:4000/hooks" })) };

    const answers = await Promise.all(
      [true, false].map((allowLocalWebhooks) => appWith({ allowLocalWebhooks })(ENDPOINTS, init)),
    );

    expect(answers.map(({ status }) => status)).toEqual([201, 422]);
  });
});
