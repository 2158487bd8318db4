import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { signAccessToken } from "../../src/tokens.ts";
import { accessTokenOf, encodePart, keyOf, userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { del, get, patch } from "../support/http/requests.ts";

const TOKEN = "test-admin-token-0123456789";
const SELF = "/api/v1/users/me";

afterEach(() => {
  vi.restoreAllMocks();
});

function timesFromNow(ms: number) {
  return { issuedAtMs: Date.now(), expiresAtMs: Date.now() + ms };
}

describe("a token that was valid, or claims to be,", () => {
  const settings = () => parseConfig(env);

  it.for<readonly [string, (userId: string) => Promise<string> | string]>([
    ["has run out", (id) => signAccessToken(settings(), id, timesFromNow(0))],
    [
      "was tampered with",
      async (id) => (await accessTokenOf(id)).replace(/.(?=.{10}$)/, (letter) => (letter === "A" ? "B" : "A")),
    ],
    [
      "is not signed: alg none",
      (id) => `${encodePart({ alg: "none", typ: "JWT" })}.${encodePart({ sub: id, iss: "holdfast", aud: "test" })}.`,
    ],
    [
      "is of another environment",
      (id) => signAccessToken({ ...settings(), environment: "production" }, id, timesFromNow(900_000)),
    ],
    [
      "was signed by another secret",
      (id) => signAccessToken({ ...settings(), jwtSecret: "x".repeat(40) }, id, timesFromNow(900_000)),
    ],
    ["is of a user who never was", () => accessTokenOf("nobody")],
    ["is three parts of nothing", () => ".."],
    ["is three parts of something else", () => "a.b.c"],
    ["is a key that nobody has", () => `hfk_${"X".repeat(52)}`],
    ["is the beginning of a key", () => "hfk_"],
  ])("and %s is refused with 401 everywhere, also on guest routes", async ([, tokenOf], { expect }) => {
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

  it("of a customer who becomes staff has the rights of staff from the next request on", async ({ expect }) => {
    const { userId, token } = await userOf();
    await get(SELF, { token });

    await patch(`/api/v1/users/${userId}`, { role: "staff" }, { admin: true });

    expect(await (await get(SELF, { token })).json()).toMatchObject({ role: "staff" });
  });

  it("is valid under JWT_SECRET_PREVIOUS while the secret rotates, and not after", async ({ expect }) => {
    const { token } = await userOf();
    const headers = { Authorization: `Bearer ${token}` };
    const rotating = { jwtSecret: "n".repeat(32), previousJwtSecret: settings().jwtSecret };

    const during = await appWith(rotating)(SELF, { headers });
    const after = await appWith({ ...rotating, previousJwtSecret: undefined })(SELF, { headers });

    expect([during.status, after.status]).toEqual([200, 401]);
  });

  it("is answered 503, not treated as a guest's, when D1 does not respond", async ({ expect }) => {
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
  it("refuses every route of admins, whatever the token", async ({ expect }) => {
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
