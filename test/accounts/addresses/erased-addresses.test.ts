import { describe, it } from "vitest";
import { accessTokenOf, userOf } from "../../support/accounts/accounts.ts";
import { add, added, addressBody, change, countsOf, remove } from "../../support/accounts/address-book.ts";
import { hashRequest } from "../../../src/http/idempotency.ts";
import { addAddress } from "../../../src/accounts/addresses/change-book.ts";
import { atD1, waitingAt } from "../../support/faults.ts";
import { del } from "../../support/http/requests.ts";
import { newKey } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

/** Parts of an address that nothing else has. */
const SECRET = { name: "Zacharias", phone: "+919845099887", line1: "77 Hidden Lane", line2: "Attic", city: "Nowhereville" };
const FIELDS = { ...SECRET, label: null, region: null, postalCode: null, country: "IN" };

/** All that D1 has of the address, table by table. */
async function traces(): Promise<string[]> {
  const tables = await sqlInD1<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND sql NOT LIKE '%VIRTUAL%' AND name NOT LIKE '%search_%'",
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => [name, JSON.stringify(await sqlInD1(`SELECT * FROM "${name}"`))] as const),
  );
  return found.filter(([, rows]) => Object.values(SECRET).some((secret) => rows.includes(secret))).map(([name]) => name);
}

describe("an address of an account", () => {
  it("is erased with the account, whichever release deletes it, and leaves nothing in kept answers or the audit log", async ({
    expect,
  }) => {
    const [first, staff] = [await userOf(), await userOf("staff")];
    for (const { token } of [first, staff]) {
      const made = await add(SECRET, { token, key: newKey() });
      await change(made.body.address_id, { line2: SECRET.line2, label: "Home" }, { token, key: newKey() });
    }
    expect(await traces()).toEqual(["addresses"]);
    // Nobody can find the address by hashing addresses.
    const kept = await sqlInD1<{ hash: string }>("SELECT request_hash AS hash FROM idempotency");
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(kept.map(({ hash }) => hash)).not.toContain(await hashRequest(SECRET));

    const deleted = await del(`/api/v1/users/${first.userId}`, { admin: true });
    // As a release before 0.4.0 does.
    await sqlInD1("UPDATE users SET email = NULL, name = '', status = 'deleted' WHERE user_id = ?", staff.userId);

    expect(deleted.status).toBe(200);
    expect(await traces()).toEqual([]);
  });

  it("is in the audit log where staff change theirs, without what it says", async ({ expect }) => {
    const { token } = await userOf("staff");
    const { address_id: id } = await added(token, SECRET);
    await change(id, { line2: null, region: "KA" }, { token });
    await remove(id, { token });

    const entries = await sqlInD1<{ action: string; before: string | null; after: string | null }>(
      "SELECT action, before, after FROM audit_log WHERE record_type = 'address' AND record_id = ? ORDER BY at_ms, audit_id",
      id,
    );

    expect(entries.toSorted((a, b) => order(a.action) - order(b.action))).toEqual([
      { action: "address.create", before: null, after: '{"is_default":true}' },
      { action: "address.change", before: '{"changed":null}', after: '{"changed":["line2","region"]}' },
      { action: "address.delete", before: '{"is_default":true}', after: null },
    ]);
  });

  it("is not added to an account that is deleted meanwhile, nor with a token that it left", async ({ expect }) => {
    const { userId } = await userOf();
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const late = addAddress(worker.deps, undefined, userId, { fields: FIELDS, isDefault: false });
    await waits;
    await del(`/api/v1/users/${userId}`, { admin: true });
    goOn();

    await expect(late).rejects.toMatchObject({ code: "not_found" });
    const stale = await add(addressBody(), { token: await accessTokenOf(userId) });

    expect(stale.status).toBe(401);
    expect(await countsOf(userId)).toEqual({ all: 0, defaults: 0 });
  });
});

function order(action: string): number {
  return ["address.create", "address.change", "address.delete"].indexOf(action);
}
