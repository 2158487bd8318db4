import { describe, it } from "vitest";
import { identify } from "../../src/accounts/identify.ts";
import { appWith } from "../support/app.ts";

const TOKEN = "an-admin-token-0123456789";

describe("identify", () => {
  it("knows an admin by the token, and by nothing else", async ({ expect }) => {
    const tokens = [TOKEN, `${TOKEN} `, TOKEN.slice(0, -1), TOKEN.toUpperCase(), "", "undefined"];

    const callers = await Promise.all(tokens.map((token) => identify(token, TOKEN)));

    expect(callers[0]).toMatchObject({ role: "admin", actor: "admin", scope: "admin" });
    expect(callers.slice(1)).toEqual(tokens.slice(1).map(() => undefined));
  });

  it("knows nobody where no ADMIN_TOKEN is set", async ({ expect }) => {
    const callers = await Promise.all(["", "undefined", TOKEN].map((token) => identify(token, undefined)));

    expect(callers).toEqual([undefined, undefined, undefined]);
  });
});

describe("an environment without ADMIN_TOKEN", () => {
  it("refuses every admin's route, whatever token comes", async ({ expect }) => {
    const ask = appWith({}, { identify: (token) => identify(token, undefined) });
    const writes = [
      ["POST", "/api/v1/products"],
      ["POST", "/api/v1/warehouses"],
      ["PUT", "/api/v1/postal-codes"],
      ["PATCH", "/api/v1/products/p"],
    ];

    for (const token of ["test-admin-token-0123456789", "undefined", ""]) {
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
