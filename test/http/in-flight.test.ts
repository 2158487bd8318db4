import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { appWith } from "../support/http/app.ts";

const MAX = 2;
const FORGOTTEN_AFTER_MS = 30_000;
const LIST = "/api/v1/warehouses";

afterEach(() => void vi.restoreAllMocks());

/** Has D1 wait before it does what it is asked. @returns what lets it go on, and what it was asked */
function holdD1() {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const batch = env.DB.batch.bind(env.DB);
  const asked = vi.spyOn(env.DB, "batch").mockImplementation(async (statements) => {
    await released;
    return batch(statements);
  });
  return { release, asked };
}

describe("more requests than MAX_IN_FLIGHT", () => {
  it("are refused with Retry-After and do nothing; those in flight are answered", async ({ expect }) => {
    const ask = appWith({ maxInFlight: MAX });
    const { release, asked } = holdD1();
    const waiting = Array.from({ length: MAX }, () => ask(LIST));

    const refused = await ask(LIST);
    const batches = asked.mock.calls.length;
    release();
    const answered = await Promise.all(waiting);

    expect({ status: refused.status, retryAfter: refused.headers.get("Retry-After") }).toEqual({ status: 503, retryAfter: "1" });
    expect(await refused.json()).toMatchObject({ code: "unavailable" });
    expect(batches).toBe(MAX);
    expect(answered.map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask(LIST)).status).toBe(200);
  });

  it("do not include requests whose bodies are still arriving", async ({ expect }) => {
    const ask = appWith({ maxInFlight: 1 });
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const slow = ask("/api/v1/carts", { method: "POST", body: readable, headers: { "Content-Type": "application/json" } });
    await writer.write(new TextEncoder().encode("{"));

    const other = await ask(LIST);
    await writer.write(new TextEncoder().encode("}"));
    await writer.close();

    expect(other.status).toBe(200);
    expect((await slow).status).toBe(201);
  });

  it("are counted per isolate, and health checks are answered meanwhile", async ({ expect }) => {
    const ask = appWith({ maxInFlight: 1 });
    const { release } = holdD1();
    const waiting = ask(LIST);

    const health = ask("/health");
    const elsewhere = appWith({ maxInFlight: 1 })(LIST);
    release();

    expect((await health).status).toBe(200);
    expect((await elsewhere).status).toBe(200);
    expect((await waiting).status).toBe(200);
  });

  it("are accepted again after one failed", async ({ expect }) => {
    const ask = appWith({ maxInFlight: 1 });
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(env.DB, "batch").mockRejectedValueOnce(new Error("no such thing"));

    const statuses = [(await ask(LIST)).status, (await ask(LIST)).status, (await ask("/api/v1/nothing")).status];

    expect(statuses).toEqual([500, 200, 404]);
  });

  it("are accepted again after the platform ended one without notice", async ({ expect }) => {
    let nowMs = Date.now();
    const ask = appWith({ maxInFlight: 1 }, { nowMs: () => nowMs });
    const { release, asked } = holdD1();
    const lost = ask(LIST);
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());

    nowMs += FORGOTTEN_AFTER_MS - 1;
    const before = await ask(LIST);
    nowMs += 1;
    const after = ask(LIST);
    release();

    expect(before.status).toBe(503);
    expect((await after).status).toBe(200);
    expect((await lost).status).toBe(200);
  });
});
