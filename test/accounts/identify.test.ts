import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { identify } from "../../src/accounts/identify.ts";
import { bindDeps, bindSecrets } from "../../src/bind.ts";
import type { Config } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import { encodePart, userOf } from "../support/accounts/accounts.ts";

const TOKEN = "test-admin-token-0123456789";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Real deps under other settings, with a cache of their own like another isolate. */
function depsWith(config: Partial<Config> = {}): Deps {
  const { deps } = bindDeps(env, { waitUntil: () => {} });
  const settings = { ...deps.config, ...config };
  return { ...deps, config: settings, secrets: bindSecrets(settings), cache: {}, nowMs: () => Date.now() };
}

describe("identify", () => {
  it("identifies the admin by the exact ADMIN_TOKEN only", async ({ expect }) => {
    const tokens = [TOKEN, `${TOKEN} `, TOKEN.slice(0, -1), TOKEN.toUpperCase(), "", "undefined"];

    const callers = await Promise.all(tokens.map((token) => identify(depsWith(), token)));

    expect(callers[0]).toMatchObject({ role: "admin", actor: "admin", scope: "admin" });
    expect(callers.slice(1)).toEqual(tokens.slice(1).map(() => undefined));
  });

  it("identifies no admin while ADMIN_TOKEN is unset", async ({ expect }) => {
    const deps = depsWith({ adminToken: undefined });

    const callers = await Promise.all(["", "undefined", TOKEN].map((token) => identify(deps, token)));

    expect(callers).toEqual([undefined, undefined, undefined]);
  });

  it.for(["customer", "staff", "admin"] as const)("identifies a %s by an access token", async (role, { expect }) => {
    const { userId, token } = await userOf(role);

    const caller = await identify(depsWith(), token);

    expect(caller).toMatchObject({ role, actor: `user:${userId}`, scope: `user:${userId}`, userId });
  });

  it("leaves an order's token to its verb, without a query", async ({ expect }) => {
    const deps = depsWith();
    const batch = vi.spyOn(deps.db, "batch");

    expect(await identify(deps, await deps.tokenOf("ORD1"))).toBeUndefined();
    expect(batch).not.toHaveBeenCalled();
  });

  it("takes the role from D1 and ignores a role in the token", async ({ expect }) => {
    const { userId, token } = await userOf("customer");
    const [header, , signature] = token.split(".");
    const claims = { sub: userId, role: "admin", iss: "holdfast", aud: "test", exp: Math.floor(Date.now() / 1_000) + 900 };

    const forged = await identify(depsWith(), `${header}.${encodePart(claims)}.${signature}`);

    expect(forged).toBe("stale");
  });

  it("applies a new role of staff and admins from the next request on", async ({ expect }) => {
    const { userId, token } = await userOf("admin");
    const deps = depsWith();
    await identify(deps, token);

    await env.DB.prepare("UPDATE users SET role = 'staff' WHERE user_id = ?").bind(userId).run();

    expect(await identify(deps, token)).toMatchObject({ role: "staff" });
  });

  it("caches a customer for 30 s", async ({ expect }) => {
    const { userId, token } = await userOf();
    const deps = depsWith();
    const batch = vi.spyOn(deps.db, "batch");

    await identify(deps, token);
    await env.DB.prepare("UPDATE users SET status = 'deleted' WHERE user_id = ?").bind(userId).run();
    const remembered = await identify(deps, token);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30_000 });
    const later = await identify(deps, token);

    expect([remembered, later]).toMatchObject([{ role: "customer" }, "stale"]);
    expect(batch).toHaveBeenCalledTimes(2);
  });

  it("caches at most a thousand customers", async ({ expect }) => {
    const { token } = await userOf();
    const deps = depsWith();
    const many = Array.from(
      { length: 1_000 },
      (_, index) => [`u${index}`, { readAtMs: Date.now(), tier: "standard" as const }] as const,
    );
    deps.cache.customers = new Map(many);

    await identify(deps, token);

    expect([deps.cache.customers.size, deps.cache.customers.has("u0"), deps.cache.customers.has("u1")]).toEqual([
      1_000,
      false,
      true,
    ]);
  });
});
