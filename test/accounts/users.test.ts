import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { PASSWORD, refresh, sessionOf, signIn, userOf } from "../support/accounts/accounts.ts";
import { ownId } from "../support/shop/catalog.ts";
import { del, get, patch, post } from "../support/http/requests.ts";

const USERS = "/api/v1/users";
const ADMIN = { admin: true };

async function auditOf(userId: string): Promise<Record<string, unknown>[]> {
  const { results } = await env.DB.prepare(
    "SELECT actor, action, before, after FROM audit_log WHERE record_id = ? ORDER BY at_ms",
  )
    .bind(userId)
    .all<{ before: string; after: string }>();
  return results.map(({ before, after, ...entry }) => ({ ...entry, before: JSON.parse(before), after: JSON.parse(after) }));
}

describe("an admin", () => {
  it("changes role, tier and name; a new role signs the user out, and the audit log has the changes but no name", async ({
    expect,
  }) => {
    const [admin, user] = [await userOf("admin"), await userOf()];
    const session = await sessionOf(user.email);

    const response = await patch(
      `${USERS}/${user.userId}`,
      { role: "staff", tier: "gold", name: "Ravi" },
      { token: admin.token },
    );

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user_id: user.userId, role: "staff", tier: "gold", name: "Ravi" });
    expect(await (await get(`${USERS}/${user.userId}`, ADMIN)).json()).toMatchObject({
      role: "staff",
      tier: "gold",
      name: "Ravi",
    });
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect(await auditOf(user.userId)).toEqual([
      {
        actor: `user:${admin.userId}`,
        action: "user.change",
        before: { role: "customer", tier: "standard", name_changed: null },
        after: { role: "staff", tier: "gold", name_changed: true },
      },
    ]);
  });

  it("keeps sessions when the tier changes", async ({ expect }) => {
    const { userId, email } = await userOf();
    const session = await sessionOf(email);

    await patch(`${USERS}/${userId}`, { tier: "silver", role: "customer" }, ADMIN);

    expect((await refresh(session.refresh_token)).status).toBe(200);
  });

  it("can change their own tier, but not their own role, and cannot delete themselves", async ({ expect }) => {
    const { userId, token } = await userOf("admin");
    const own = `${USERS}/${userId}`;

    const answers = [
      await patch(own, { role: "staff" }, { token }),
      await del(own, { token }),
      await patch(own, { role: "admin", tier: "gold" }, { token }),
      await patch(own, { role: "staff" }, ADMIN),
    ];

    expect(answers.map(({ status }) => status)).toEqual([409, 409, 200, 200]);
    expect(await answers[0]?.json()).toMatchObject({ code: "own_account" });
    expect(await answers[2]?.json()).toMatchObject({ role: "admin", tier: "gold" });
  });

  it("alone manages users: staff cannot make themselves admin", async ({ expect }) => {
    const { userId, token } = await userOf("staff");
    const own = `${USERS}/${userId}`;

    const answers = [await patch(own, { role: "admin" }, { token }), await del(own, { token }), await get(USERS, { token })];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(await answers[0]?.json()).toMatchObject({ code: "forbidden" });
    expect((await patch(own, { role: "admin" })).status).toBe(401);
  });

  it("deletes a user: personal data is erased everywhere, sessions end, the e-mail is free, the row stays", async ({
    expect,
  }) => {
    const { userId, email } = await userOf();
    const session = await sessionOf(email);
    await patch(`${USERS}/${userId}`, { name: "Lakshmi" }, { admin: true, key: ownId("key") });

    const response = await del(`${USERS}/${userId}`, ADMIN);

    expect(await response.json()).toMatchObject({ user_id: userId, email: null, name: null, status: "deleted" });
    expect([(await refresh(session.refresh_token)).status, (await signIn(email)).status]).toEqual([401, 401]);
    const tables = ["users", "audit_log", "idempotency"];
    const kept = await env.DB.batch(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)));
    const text = JSON.stringify(kept.map(({ results }) => results));
    expect(text).toContain(userId);
    expect([email, "Lakshmi"].filter((personal) => text.includes(personal))).toEqual([]);
    const row = await env.DB.prepare("SELECT * FROM users WHERE user_id = ?").bind(userId).first();
    expect(row).toMatchObject({ password_hash: null, password_salt: null, password_parameters: null });
    expect((await post(USERS, { email, password: PASSWORD, name: "Asha" })).status).toBe(201);
  });

  it("gets 404 for changing or deleting a deleted or unknown user", async ({ expect }) => {
    const { userId } = await userOf();
    await del(`${USERS}/${userId}`, ADMIN);

    const answers = [
      await patch(`${USERS}/${userId}`, { name: "Asha" }, ADMIN),
      await del(`${USERS}/${userId}`, ADMIN),
      await patch(`${USERS}/nobody`, { tier: "gold" }, ADMIN),
      await get(`${USERS}/nobody`, ADMIN),
      await get(`${USERS}/${userId}`, ADMIN),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 200]);
  });

  it("changes once per key, and a retry returns the current user", async ({ expect }) => {
    const { userId } = await userOf();
    const path = `${USERS}/${userId}`;
    const key = ownId("key");

    await patch(path, { tier: "gold" }, { admin: true, key });
    await patch(path, { tier: "silver" }, ADMIN);
    const again = await patch(path, { tier: "gold" }, { admin: true, key });
    const other = await patch(path, { tier: "standard" }, { admin: true, key });
    const deleted = [await del(path, { admin: true, key }), await del(path, { admin: true, key })];

    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([200, "true"]);
    expect(await again.json()).toMatchObject({ tier: "silver" });
    expect(await other.json()).toMatchObject({ status: 422, code: "idempotency_key_reused" });
    expect(deleted.map(({ status }) => status)).toEqual([200, 200]);
  });

  it("keeps both of two concurrent changes, and a concurrent deletion wins over both", async ({ expect }) => {
    const { userId } = await userOf();
    const path = `${USERS}/${userId}`;

    const changes = await Promise.all([patch(path, { tier: "gold" }, ADMIN), patch(path, { name: "Ravi" }, ADMIN)]);
    const shown = await (await get(path, ADMIN)).json();
    const [deleted] = await Promise.all([del(path, ADMIN), patch(path, { name: "Meera" }, ADMIN)]);

    expect(changes.map(({ status }) => status)).toEqual([200, 200]);
    expect(shown).toMatchObject({ tier: "gold", name: "Ravi" });
    expect(deleted.status).toBe(200);
    expect(await (await get(path, ADMIN)).json()).toMatchObject({ status: "deleted", name: null });
  });

  it.for([
    ["nothing", {}],
    ["a role that is none", { role: "owner" }],
    ["a tier that is none", { tier: "platinum" }],
    ["a blank name", { name: "" }],
    ["text", `"x"`],
  ] as const)("cannot change %s", async ([, body], { expect }) => {
    const { userId } = await userOf();

    expect((await patch(`${USERS}/${userId}`, body, ADMIN)).status).toBe(422);
  });
});
