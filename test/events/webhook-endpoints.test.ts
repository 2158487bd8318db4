import { beforeEach, describe, it } from "vitest";
import { ownId } from "../support/shop/catalog.ts";
import { type AskOptions, get, patch, post, del } from "../support/http/requests.ts";
import { sqlInD1 } from "../support/stock/stock.ts";
import { deliveriesOf, ENDPOINTS, happened, madeEndpoint } from "../support/events/webhooks.ts";

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
  it("are created active, with a secret that is returned once and stored nowhere", async ({ expect }) => {
    const wanted = body({ description: "Books" });

    const response = await post(ENDPOINTS, wanted, ADMIN);

    const made = await response.json<Record<string, unknown>>();
    const { secret, ...shown } = made;
    expect(response.status).toBe(201);
    expect(response.headers.get("Location")).toBe(`${ENDPOINTS}/${String(shown.endpoint_id)}`);
    expect(shown).toEqual({
      ...wanted,
      endpoint_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      status: "active",
      created_at: expect.any(String),
      updated_at: shown.created_at,
    });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await (await get(`${ENDPOINTS}/${String(shown.endpoint_id)}`, ADMIN)).json()).toEqual(shown);
    expect(await (await get(ENDPOINTS, ADMIN)).json()).toEqual({ webhook_endpoints: [shown] });
    const stored = await sqlInD1("SELECT * FROM webhook_endpoints UNION ALL SELECT *, '', '', '' FROM idempotency");
    const logged = await sqlInD1("SELECT * FROM audit_log");
    expect(JSON.stringify([stored, logged])).not.toContain(String(secret).slice(6));
  });

  it("are created once per key, and a retry returns the same secret although it is not stored", async ({ expect }) => {
    const key = ownId("key");

    const first = await post(ENDPOINTS, body(), { ...ADMIN, key });
    const again = await post(ENDPOINTS, body(), { ...ADMIN, key });

    const [made, repeated] = [await first.json<{ secret: string }>(), await again.json()];
    expect([first.status, again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, 201, "true"]);
    expect(repeated).toEqual(made);
    expect(JSON.stringify(await sqlInD1("SELECT answer FROM idempotency"))).not.toContain("whsec_");
    expect(await sqlInD1("SELECT count(*) AS count FROM webhook_endpoints")).toEqual([{ count: 1 }]);
    expect(await (await post(ENDPOINTS, body({ events: ["stock.low"] }), { ...ADMIN, key })).json()).toMatchObject({
      status: 422,
      code: "idempotency_key_reused",
    });
  });

  it("have secrets of their own", async ({ expect }) => {
    const [one, other] = [await madeEndpoint(), await madeEndpoint()];

    expect(one.secret).not.toBe(other.secret);
  });

  it("keep fields that a change does not name", async ({ expect }) => {
    const { endpoint_id: id, secret: _, ...made } = await madeEndpoint({ description: "Old" });

    const changed = await change(id, { url: "https://new.example.com/", events: ["stock.out", "stock.back"] });
    const cleared = await change(id, { description: null });

    expect(changed).toMatchObject({ http: 200, description: "Old", url: "https://new.example.com/", status: "active" });
    expect(cleared).toMatchObject({ url: "https://new.example.com/", description: null, events: ["stock.out", "stock.back"] });
    expect(cleared).toMatchObject({ endpoint_id: id, created_at: made.created_at });
  });

  it("change once under one key", async ({ expect }) => {
    const [{ endpoint_id: id }, key] = [await madeEndpoint(), ownId("key")];

    await change(id, { description: "First" }, { ...ADMIN, key });
    await change(id, { description: "Second" });
    const again = await change(id, { description: "First" }, { ...ADMIN, key });

    expect(again).toMatchObject({ http: 200, description: "First" });
    expect(await sqlInD1("SELECT description FROM webhook_endpoints")).toEqual([{ description: "Second" }]);
  });

  it("get a new secret by rotation", async ({ expect }) => {
    const { endpoint_id: id, secret } = await madeEndpoint();
    const url = `${ENDPOINTS}/${id}/rotate-secret`;
    const key = ownId("key");

    const rotated = await post(url, undefined, { ...ADMIN, key });
    const again = await post(url, undefined, { ...ADMIN, key });

    const answer = await rotated.json<{ secret: string }>();
    expect(rotated.status).toBe(200);
    expect(answer).toMatchObject({ endpoint_id: id, secret: expect.stringMatching(/^whsec_/) });
    expect(answer.secret).not.toBe(secret);
    expect(await again.json()).toEqual(answer);
    expect((await get(`${ENDPOINTS}/${id}`, ADMIN).then((shown) => shown.text())).includes("secret")).toBe(false);
  });

  it("that are disabled fail their pending deliveries, and can be activated again", async ({ expect }) => {
    const [one, other] = [await madeEndpoint(), await madeEndpoint()];
    await happened();

    const disabled = await change(one.endpoint_id, { status: "disabled" });
    await happened();
    const activated = await change(one.endpoint_id, { status: "active" });

    expect([disabled.status, activated.status]).toEqual(["disabled", "active"]);
    const statuses = (rows: { status: string; error: string | null }[]) => rows.map(({ status, error }) => [status, error]);
    expect(statuses(await deliveriesOf(one.endpoint_id))).toEqual([["failed", "the endpoint was disabled or deleted"]]);
    expect(statuses(await deliveriesOf(other.endpoint_id))).toEqual([
      ["pending", null],
      ["pending", null],
    ]);
  });

  it("that are deleted fail their pending deliveries", async ({ expect }) => {
    const { endpoint_id: id, secret: _, ...made } = await madeEndpoint();
    await happened();
    const key = ownId("key");

    const deleted = await del(`${ENDPOINTS}/${id}`, { ...ADMIN, key });
    const repeated = await del(`${ENDPOINTS}/${id}`, { ...ADMIN, key });
    const again = await del(`${ENDPOINTS}/${id}`, ADMIN);

    expect([deleted.status, repeated.status, again.status]).toEqual([200, 200, 404]);
    expect(await deleted.json()).toEqual({ endpoint_id: id, ...made });
    expect(await sqlInD1("SELECT * FROM webhook_endpoints")).toEqual([]);
    expect((await deliveriesOf(id)).map(({ status }) => status)).toEqual(["failed"]);
  });

  it("have one entry in the audit log per write, without a secret", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    await change(id, { description: "New" });
    await post(`${ENDPOINTS}/${id}/rotate-secret`, undefined, ADMIN);
    await del(`${ENDPOINTS}/${id}`, ADMIN);

    const response = await get(`/api/v1/audit-log?record_type=webhook_endpoint&record_id=${id}`, ADMIN);

    const { entries } = await response.json<{ entries: Record<string, unknown>[] }>();
    expect(entries).toHaveLength(4);
    expect(new Set(entries.map(({ action }) => action))).toEqual(
      new Set([
        "webhook_endpoint.change",
        "webhook_endpoint.create",
        "webhook_endpoint.delete",
        "webhook_endpoint.rotate_secret",
      ]),
    );
    const rotation = entries.find(({ action }) => action === "webhook_endpoint.rotate_secret");
    expect(rotation).toMatchObject({ before: { secret_no: 1 }, after: { secret_no: 2 } });
    expect(JSON.stringify(entries)).not.toContain("whsec_");
  });
});
