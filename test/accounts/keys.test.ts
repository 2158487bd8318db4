import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { bindDeps } from "../../src/bind.ts";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { ownId } from "../support/shop/catalog.ts";
import { del, get, post, put } from "../support/http/requests.ts";

const KEYS = "/api/v1/api-keys";
const ADMIN = { admin: true };

afterEach(() => {
  vi.useRealTimers();
});

function rowOf(keyId: string) {
  return env.DB.prepare("SELECT * FROM api_keys WHERE key_id = ?").bind(keyId).first();
}

describe("an API key", () => {
  it("is returned on creation, and only its hash is stored", async ({ expect }) => {
    const admin = await userOf("admin");
    const expiresAt = "2099-01-01T00:00:00.000Z";
    const body = { name: "Scanner", rights: ["inventory:write", "inventory:write"], expires_at: expiresAt };

    const response = await post(KEYS, body, { token: admin.token });

    const made = await response.json<Record<string, string>>();
    expect(response.status).toBe(201);
    expect(made).toMatchObject({ name: "Scanner", rights: ["inventory:write"], expires_at: expiresAt, revoked_at: null });
    expect([made.created_by, made.key]).toEqual([`user:${admin.userId}`, expect.stringMatching(/^hfk_[0-9A-Z]{52}$/)]);
    const all = await env.DB.batch(["api_keys", "audit_log"].map((table) => env.DB.prepare(`SELECT * FROM ${table}`)));
    const text = JSON.stringify(all.map(({ results }) => results));
    expect(text).toContain("api_key.create");
    expect(text).not.toContain(made.key);
  });

  it("has its own rights and those of guests; anything else is 403", async ({ expect }) => {
    const { key } = await keyOf(["inventory:write"]);
    const token = key;

    const movement = { quantity: 1, movement_type: "in", reason: "test" };
    const statuses = [
      (await get("/api/v1/products", { token })).status,
      (await fetchStock(token, movement)).status,
      (await post("/api/v1/products", {}, { token })).status,
      (await get(KEYS, { token })).status,
      (await get("/api/v1/users/me", { token })).status,
    ];

    expect(statuses).toEqual([200, 404, 403, 403, 403]);
  });

  it("cannot have rights of admins over accounts and keys, or of a person", async ({ expect }) => {
    for (const right of ["keys:manage", "users:manage", "users:read_self", "orders:claim", "no:right"]) {
      const response = await post(KEYS, { name: "Scanner", rights: [right] }, ADMIN);
      expect(await response.json(), right).toMatchObject({ status: 422, errors: [{ field: "rights[0]" }] });
    }
  });

  it("is created once per Idempotency-Key, and a retry returns the same key although it is not stored", async ({ expect }) => {
    const key = ownId("key");
    const body = { name: "Scanner", rights: [] };

    const first = await post(KEYS, body, { admin: true, key });
    const again = await post(KEYS, body, { admin: true, key });

    const made = await first.json<{ key_id: string; key: string }>();
    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, "true"]);
    expect(await again.json()).toEqual(made);
    expect((await get("/health", { token: made.key })).status).toBe(200);
    const { results } = await env.DB.prepare("SELECT * FROM idempotency").all();
    expect(JSON.stringify(results)).toContain(made.key_id);
    expect(JSON.stringify(results)).not.toContain(made.key.slice(4));
  });

  it("is created once by two concurrent requests with one Idempotency-Key, and again after that is purged", async ({
    expect,
  }) => {
    const options = { admin: true, key: ownId("key") };
    const make = async () => (await post(KEYS, { name: "Scanner", rights: [] }, options)).json<{ key_id: string; key: string }>();

    const [one, two] = await Promise.all([make(), make()]);
    await env.DB.prepare("DELETE FROM idempotency").run();
    const later = await make();

    expect([one.key_id, one.key]).toEqual([two.key_id, two.key]);
    expect(later.key_id).not.toBe(one.key_id);
    expect(later.key).not.toBe(one.key);
  });

  it("is revoked from the next request on; revoking again changes nothing", async ({ expect }) => {
    const { keyId, key } = await keyOf(["orders:list"]);
    const before = await get("/health", { token: key });

    const answers = [await del(`${KEYS}/${keyId}`, ADMIN), await del(`${KEYS}/${keyId}`, ADMIN)];

    expect([before.status, (await get("/health", { token: key })).status]).toEqual([200, 401]);
    const [first, second] = await Promise.all(answers.map((answer) => answer.json<{ revoked_at: string }>()));
    expect(first?.revoked_at).toMatch(/Z$/);
    expect(second).toEqual(first);
    const log = env.DB.prepare("SELECT count(*) AS count FROM audit_log WHERE record_id = ? AND action = 'api_key.revoke'");
    expect(await log.bind(keyId).first("count")).toBe(1);
    expect((await del(`${KEYS}/nothing`, ADMIN)).status).toBe(404);
  });

  it("expires at its time", async ({ expect }) => {
    const { key } = await keyOf([], { expires_at: new Date(Date.now() + 60_000).toISOString() });
    const before = await get("/health", { token: key });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });

    const after = await get("/health", { token: key });

    expect([before.status, after.status]).toEqual([200, 401]);
  });

  it.for([
    ["a time that is over", { expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
    ["a time that is none", { expires_at: "tomorrow" }, "expires_at"],
    ["no name", { name: "" }, "name"],
    ["no list of rights", { rights: undefined }, "rights"],
  ] as const)("is not created with %s", async ([, more, field], { expect }) => {
    const response = await post(KEYS, { name: "Scanner", rights: [], ...more }, ADMIN);

    expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("has its use recorded after the answer, at most once in ten minutes", async ({ expect }) => {
    const { keyId, key } = await keyOf([]);
    const app = createApp(bindDeps);
    const use = async () => {
      const ctx = createExecutionContext();
      const headers = { Authorization: `Bearer ${key}` };
      const response = await app.fetch(new Request("http://holdfast.test/api/v1/warehouses", { headers }), env, ctx);
      await waitOnExecutionContext(ctx);
      return [response.status, (await rowOf(keyId))?.last_used_at_ms];
    };
    const startMs = Date.now();

    vi.useFakeTimers({ toFake: ["Date"], now: startMs });
    const uses = [await use()];
    vi.setSystemTime(startMs + 599_999);
    uses.push(await use());
    vi.setSystemTime(startMs + 600_000);
    uses.push(await use());

    expect(uses).toEqual([
      [200, startMs],
      [200, startMs],
      [200, startMs + 600_000],
    ]);
  });
});

function fetchStock(token: string, body: unknown): Promise<Response> {
  return put("/api/v1/inventory/products/nothing/stock", body, { token });
}
