import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { identify } from "../../src/accounts/identify.ts";
import { bindDeps } from "../../src/bind.ts";
import type { Config } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import { signAccessToken } from "../../src/tokens.ts";
import { accessTokenOf, keyOf, userOf } from "../support/accounts.ts";
import { appWith } from "../support/app.ts";
import { del, get, patch } from "../support/http.ts";

const TOKEN = "test-admin-token-0123456789";
const SELF = "/api/v1/users/me";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Real deps in another setting, with a memory of their own as another isolate has. */
function depsWith(config: Partial<Config> = {}): Deps {
  const { deps } = bindDeps(env, { waitUntil: () => {} });
  return { ...deps, config: { ...deps.config, ...config }, cache: {}, nowMs: () => Date.now() };
}

function timesFromNow(ms: number) {
  return { issuedAtMs: Date.now(), expiresAtMs: Date.now() + ms };
}

function encode(part: unknown): string {
  return btoa(JSON.stringify(part)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

describe("identify", () => {
  it("knows an admin by the token, and by nothing else", async ({ expect }) => {
    const tokens = [TOKEN, `${TOKEN} `, TOKEN.slice(0, -1), TOKEN.toUpperCase(), "", "undefined"];

    const callers = await Promise.all(tokens.map((token) => identify(depsWith(), token)));

    expect(callers[0]).toMatchObject({ role: "admin", actor: "admin", scope: "admin" });
    expect(callers.slice(1)).toEqual(tokens.slice(1).map(() => undefined));
  });

  it("knows nobody by a text where no ADMIN_TOKEN is set", async ({ expect }) => {
    const deps = depsWith({ adminToken: undefined });

    const callers = await Promise.all(["", "undefined", TOKEN].map((token) => identify(deps, token)));

    expect(callers).toEqual([undefined, undefined, undefined]);
  });

  it.for(["customer", "staff", "admin"] as const)("knows a %s by an access token, as a person of their own", async (role, { expect }) => {
    const { userId, token } = await userOf(role);

    const caller = await identify(depsWith(), token);

    expect(caller).toMatchObject({ role, actor: `user:${userId}`, scope: `user:${userId}`, userId });
  });

  it("leaves an order's own token to its verb: nobody is looked up for it", async ({ expect }) => {
    const deps = depsWith();
    const batch = vi.spyOn(deps.db, "batch");

    expect(await identify(deps, await deps.tokenOf("ORD1"))).toBeUndefined();
    expect(batch).not.toHaveBeenCalled();
  });

  it("believes D1 about a role, not the token: a claim of another one changes nothing", async ({ expect }) => {
    const { userId, token } = await userOf("customer");
    const [header, , signature] = token.split(".");
    const claims = { sub: userId, role: "admin", iss: "holdfast", aud: "test", exp: Math.floor(Date.now() / 1_000) + 900 };

    const forged = await identify(depsWith(), `${header}.${encode(claims)}.${signature}`);

    expect(forged).toBe("stale");
  });

  it("lets a new role count from the next request on for staff and admins", async ({ expect }) => {
    const { userId, token } = await userOf("admin");
    const deps = depsWith();
    await identify(deps, token);

    await env.DB.prepare("UPDATE users SET role = 'staff' WHERE user_id = ?").bind(userId).run();

    expect(await identify(deps, token)).toMatchObject({ role: "staff" });
  });

  it("asks D1 about a customer at most once in 30 s, and no longer than that goes by memory", async ({ expect }) => {
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

  it("remembers a thousand customers at most", async ({ expect }) => {
    const { token } = await userOf();
    const deps = depsWith();
    const many = Array.from({ length: 1_000 }, (_, index) => [`u${index}`, { readAtMs: Date.now() }] as const);
    deps.cache.customers = new Map(many);

    await identify(deps, token);

    expect([deps.cache.customers.size, deps.cache.customers.has("u0"), deps.cache.customers.has("u1")]).toEqual([1_000, false, true]);
  });
});

describe("a token that was valid, or claims to be,", () => {
  const settings = () => depsWith().config;

  it.for<readonly [string, (userId: string) => Promise<string> | string]>([
    ["has run out", (id) => signAccessToken(settings(), id, timesFromNow(0))],
    ["was tampered with", async (id) => (await accessTokenOf(id)).replace(/.(?=.{10}$)/, (letter) => (letter === "A" ? "B" : "A"))],
    ["is not signed: alg none", (id) => `${encode({ alg: "none", typ: "JWT" })}.${encode({ sub: id, iss: "holdfast", aud: "test" })}.`],
    ["is of another environment", (id) => signAccessToken({ ...settings(), environment: "production" }, id, timesFromNow(900_000))],
    ["was signed by another secret", (id) => signAccessToken({ ...settings(), jwtSecret: "x".repeat(40) }, id, timesFromNow(900_000))],
    ["is of a user who never was", () => accessTokenOf("nobody")],
    ["is three parts of nothing", () => ".."],
    ["is three parts of something else", () => "a.b.c"],
    ["is a key that nobody has", () => `hfk_${"X".repeat(52)}`],
    ["is the beginning of a key", () => "hfk_"],
  ])("and %s is refused with 401 everywhere, also where a guest may ask", async ([, tokenOf], { expect }) => {
    const { userId } = await userOf();
    const token = await tokenOf(userId);

    for (const path of [SELF, "/api/v1/warehouses", "/health"]) {
      const response = await get(path, { token });
      expect([response.status, response.headers.get("WWW-Authenticate")], path).toEqual([401, "Bearer"]);
      expect(await response.json()).toMatchObject({ code: "unauthenticated" });
    }
  });

  it("of a user who is deleted is refused from the next request on", async ({ expect }) => {
    const { userId, token } = await userOf();
    const before = await get(SELF, { token });

    await del(`/api/v1/users/${userId}`, { admin: true });

    expect([before.status, (await get(SELF, { token })).status]).toEqual([200, 401]);
  });

  it("of a customer who becomes staff counts as staff's from the next request on", async ({ expect }) => {
    const { userId, token } = await userOf();
    await get(SELF, { token });

    await patch(`/api/v1/users/${userId}`, { role: "staff" }, { admin: true });

    expect(await (await get(SELF, { token })).json()).toMatchObject({ role: "staff" });
  });

  it("counts under JWT_SECRET_PREVIOUS while the secret rotates, and not after", async ({ expect }) => {
    const { token } = await userOf();
    const headers = { Authorization: `Bearer ${token}` };
    const rotating = { jwtSecret: "n".repeat(32), previousJwtSecret: settings().jwtSecret };

    const during = await appWith(rotating)(SELF, { headers });
    const after = await appWith({ ...rotating, previousJwtSecret: undefined })(SELF, { headers });

    expect([during.status, after.status]).toEqual([200, 401]);
  });

  it("is not taken for a guest's where D1 does not answer: 503", async ({ expect }) => {
    const { token } = await userOf("staff");
    const { key } = await keyOf([]);
    vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1_ERROR: Network connection lost."));

    for (const each of [token, key]) {
      const response = await get("/api/v1/products", { token: each });
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
      expect(await response.json()).toMatchObject({ code: "unavailable" });
    }
  });
});

describe("an environment without ADMIN_TOKEN", () => {
  it("refuses every admin's route, whatever token comes", async ({ expect }) => {
    const ask = appWith({ adminToken: undefined });
    const writes = [
      ["POST", "/api/v1/products"],
      ["POST", "/api/v1/warehouses"],
      ["PUT", "/api/v1/postal-codes"],
      ["PATCH", "/api/v1/products/p"],
    ];

    for (const token of [TOKEN, "undefined", ""]) {
      for (const [method = "", path = ""] of writes) {
        const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
        const response = await ask(path, { method, headers, body: "{}" });
        expect([response.status, (await response.json<{ code: string }>()).code], `${method} ${path}`).toEqual([
          401,
          "unauthenticated",
        ]);
      }
    }
  });
});
