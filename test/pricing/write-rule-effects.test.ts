import { afterEach, describe, it } from "vitest";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { ownId } from "../support/shop/catalog.ts";
import { type AskOptions, del, get } from "../support/http/requests.ts";
import { postRule, bumpVersion, patchRule, RULES } from "../support/pricing/pricing.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const ADMIN: AskOptions = { admin: true };

async function version(): Promise<number> {
  const [state] = await sqlInD1<{ version: number }>("SELECT version FROM pricing_state");
  return state?.version ?? 0;
}

/** The audit log of a record. */
function logOf(ruleId: string): Promise<{ action: string; before: string | null; after: string | null }[]> {
  return sqlInD1("SELECT action, before, after FROM audit_log WHERE record_id = ? ORDER BY at_ms", ruleId);
}

afterEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

describe("a write of a pricing rule", () => {
  it("acts once per key: create, change and delete", async ({ expect }) => {
    const keys = [ownId("key"), ownId("key"), ownId("key")];
    const [making, changing, deleting] = keys.map((key) => ({ ...ADMIN, key }));

    const made = await postRule({}, making);
    const again = await postRule({}, making);
    await patchRule(made.rule_id, { name: "One" }, changing);
    await patchRule(made.rule_id, { name: "Two" });
    const repeated = await patchRule(made.rule_id, { name: "One" }, changing);
    await del(`${RULES}/${made.rule_id}`, deleting);
    const gone = await del(`${RULES}/${made.rule_id}`, deleting);

    expect(again).toEqual(made);
    expect(repeated).toMatchObject({ http: 200, name: "One" });
    expect([gone.status, gone.headers.get("Idempotency-Replayed")]).toEqual([200, "true"]);
    expect(await postRule({ priority: 1 }, making)).toMatchObject({ http: 422, code: "idempotency_key_reused" });
    expect(await postRule({}, { ...ADMIN, key: " " })).toMatchObject({ http: 400, code: "idempotency_key_invalid" });
  });

  it("invalidates every isolate's cache in the batch of each change", async ({ expect }) => {
    const versions = [await version()];
    const { rule_id: id } = await postRule();
    versions.push(await version());
    await patchRule(id, { name: "x" });
    versions.push(await version());
    await del(`${RULES}/${id}`, ADMIN);
    versions.push(await version());

    expect(new Set(versions).size).toBe(4);
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions);
  });

  it("is in the audit log", async ({ expect }) => {
    const { rule_id: id } = await postRule();
    await patchRule(id, { discount_value: 5 });
    await del(`${RULES}/${id}`, ADMIN);

    const log = await logOf(id);

    expect(log.map(({ action }) => action).toSorted()).toEqual([
      "pricing_rule.change",
      "pricing_rule.create",
      "pricing_rule.delete",
    ]);
    const change = log.find(({ action }) => action === "pricing_rule.change");
    expect([JSON.parse(change?.before ?? ""), JSON.parse(change?.after ?? "")]).toMatchObject([
      { discount_value: 1_000 },
      { discount_value: 500 },
    ]);
  });

  it("is for staff and for keys with the right alone", async ({ expect }) => {
    const [customer, staff] = [await userOf(), await userOf("staff")];
    const key = await keyOf(["pricing:manage"]);
    const made = await postRule({}, { token: staff.token });
    const path = `${RULES}/${made.rule_id}`;

    const asked = async (options: AskOptions) => [
      (await postRule({}, options)).http,
      (await get(RULES, options)).status,
      (await get(path, options)).status,
      (await patchRule(made.rule_id, { name: "x" }, options)).http,
      (await del(path, options)).status,
    ];

    expect(await asked({})).toEqual([401, 401, 401, 401, 401]);
    expect(await asked({ token: customer.token })).toEqual([403, 403, 403, 403, 403]);
    expect(await asked({ token: key.key })).toEqual([201, 200, 200, 200, 200]);
  });
});
