import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { silenceD1 } from "../support/d1-faults.ts";
import { PASSWORD, signIn } from "../support/accounts/accounts.ts";
import { ownId } from "../support/shop/catalog.ts";
import { post } from "../support/http/requests.ts";

const USERS = "/api/v1/users";

function body(more: Record<string, unknown> = {}) {
  return { email: `${ownId("asha")}@example.com`, password: PASSWORD, name: "Asha", ...more };
}

function rowOf(email: string) {
  return env.DB.prepare("SELECT * FROM users WHERE email = ?").bind(email).first();
}

describe("registering", () => {
  it("creates a customer of the standard tier; a request that names another role or tier is refused", async ({ expect }) => {
    const wanted = body();

    const sly = await post(USERS, { ...wanted, role: "admin", tier: "gold" });
    const response = await post(USERS, wanted);

    expect(await sly.json()).toMatchObject({ status: 422, errors: [{ field: "role" }, { field: "tier" }] });

    const user = await response.json<Record<string, unknown>>();
    expect(response.status).toBe(201);
    expect(user).toEqual({
      user_id: expect.stringMatching(/^[0-9A-Z]{26}$/) as string,
      email: wanted.email,
      name: "Asha",
      role: "customer",
      tier: "standard",
      status: "active",
      created_at: expect.stringMatching(/Z$/) as string,
      updated_at: user.created_at,
    });
  });

  it("stores the password only as a salted PBKDF2 hash with its parameters", async ({ expect }) => {
    const [one, two] = [body(), body()];

    for (const each of [one, two]) await post(USERS, each);

    const rows = [await rowOf(one.email), await rowOf(two.email)];
    expect(rows.map((row) => row?.password_parameters)).toEqual(["pbkdf2-sha256:100000", "pbkdf2-sha256:100000"]);
    expect(new Set(rows.flatMap((row) => [row?.password_hash, row?.password_salt])).size).toBe(4);
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  });

  it("ignores case and surrounding blanks of an e-mail: two spellings are one account", async ({ expect }) => {
    const { email, ...rest } = body();

    const first = await post(USERS, { ...rest, email: `  ${email.toUpperCase()} ` });
    const again = await post(USERS, { ...rest, email });

    expect(await first.json()).toMatchObject({ email });
    expect(await again.json()).toMatchObject({ status: 409, code: "already_exists", errors: [{ field: "email" }] });
  });

  it("with the same e-mail twice at once creates one account", async ({ expect }) => {
    const wanted = body();

    const answers = await Promise.all([post(USERS, wanted), post(USERS, { ...wanted, name: "Ravi" })]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(await env.DB.prepare("SELECT count(*) AS count FROM users WHERE email = ?").bind(wanted.email).first("count")).toBe(1);
  });

  it.for([
    ["an e-mail without a domain", { email: "asha" }, "email"],
    ["an empty e-mail", { email: "  " }, "email"],
    ["an e-mail in other letters, which could look like another's", { email: "аsha@example.com" }, "email"],
    ["a Kelvin sign, which is a k in lower case", { email: "\u212A@example.com" }, "email"],
    ["an e-mail of 300 characters", { email: `${"a".repeat(290)}@example.com` }, "email"],
    ["a password of 11 characters", { password: "x".repeat(11) }, "password"],
    ["a password of 129 characters", { password: "x".repeat(129) }, "password"],
    ["a password that is a number", { password: 123_456_789_012 }, "password"],
    ["a password with half a character", { password: `${"x".repeat(12)}\ud800` }, "password"],
    ["no password", { password: undefined }, "password"],
    ["a blank name", { name: " " }, "name"],
  ] as const)("refuses %s", async ([, more, field], { expect }) => {
    const response = await post(USERS, body(more));

    expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });

  it("keeps blanks of a password, and treats both encodings of é as equal", async ({ expect }) => {
    const wanted = body({ password: "  caf\u00e9 at noon  " });
    await post(USERS, wanted);

    const statuses = [
      (await signIn(wanted.email, "  cafe\u0301 at noon  ")).status,
      (await signIn(wanted.email, "caf\u00e9 at noon")).status,
    ];

    expect(statuses).toEqual([200, 401]);
  });

  it("answers unresolved when D1 does not confirm; a retry creates no second account", async ({ expect }) => {
    const end = silenceD1();

    const response = await post(USERS, body());

    end();
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
    expect(await response.json()).toMatchObject({ code: "unresolved" });
  });
});
