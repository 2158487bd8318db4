import { describe, it } from "vitest";
import { keyOf, type TestUser, userOf } from "../../support/accounts/accounts.ts";
import {
  add,
  added,
  addressBody,
  BOOK,
  bookOf,
  change,
  countsOf,
  readAddress,
  remove,
} from "../../support/accounts/address-book.ts";
import { get } from "../../support/http/requests.ts";
import { newKey } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const RECIPIENT = { label: "Home", name: "Asha Rao", phone: "+919845012345" };
const PARTS = { line1: "12 Lake Road", line2: "Flat 3", city: "Bengaluru", region: "IN-KA" };
const WHOLE = { ...RECIPIENT, ...PARTS, postal_code: "560034", country: "IN" };
const NOTHING = { label: null, name: null, phone: null, line2: null, region: null, postal_code: null };

const labelsOf = async ({ token }: TestUser) => (await bookOf(token)).map(({ label, is_default }) => [label, is_default]);

describe("an address book", () => {
  it("keeps what it is told, and shows it to its owner with its version and its place", async ({ expect }) => {
    const { token } = await userOf();

    const made = await add({ ...WHOLE, phone: "098450 12345", country: "in", is_default: false }, { token });

    const { address_id: id } = made.body;
    const shown = {
      ...WHOLE,
      address_id: id,
      is_default: true,
      created_at: made.body.created_at,
      updated_at: made.body.created_at,
    };
    expect([made.status, made.body]).toEqual([201, shown]);
    expect(made.headers.get("Location")).toBe(`${BOOK}/${id}`);
    const read = await readAddress(id, { token });
    expect([read.status, read.body]).toEqual([200, shown]);
    expect(read.headers.get("ETag")).toBe(made.headers.get("ETag"));
    expect(await bookOf(token)).toEqual([shown]);
  });

  it("needs a line and a city; the country is the shop's, and blanks are nothing", async ({ expect }) => {
    const { token } = await userOf();

    const { body } = await add({ ...addressBody(), label: " ", phone: "", line2: null }, { token });

    expect(body).toMatchObject({ ...NOTHING, line1: "12 Lake Road", city: "Bengaluru", country: "IN" });
  });

  it("lists the default first and then the newest; the first address is the default until another is made it", async ({
    expect,
  }) => {
    const user = await userOf();
    const first = await added(user.token, { label: "first" });
    await added(user.token, { label: "second" });
    const third = await added(user.token, { label: "third", is_default: true });

    expect(await labelsOf(user)).toEqual([
      ["third", true],
      ["second", false],
      ["first", false],
    ]);
    const back = await change(first.address_id, { is_default: true }, user);
    expect(back.body).toMatchObject({ label: "first", is_default: true });
    const former = (await readAddress(third.address_id, user)).body;
    expect([former.is_default, former.updated_at > third.updated_at]).toEqual([false, true]);
    expect(await countsOf(user.userId)).toEqual({ all: 3, defaults: 1 });
  });

  it("changes what is named, removes what is null, and leaves the rest", async ({ expect }) => {
    const { token } = await userOf();
    const { address_id: id, created_at } = (await add(WHOLE, { token })).body;

    const { status, body } = await change(id, { line1: "1 Hill Road", phone: null, postal_code: null, label: "Work" }, { token });

    expect(status).toBe(200);
    expect(body).toMatchObject({ ...WHOLE, line1: "1 Hill Road", phone: null, postal_code: null, label: "Work", created_at });
    expect((await readAddress(id, { token })).body).toEqual(body);
  });

  it("loses an address; where that was the default, the newest of the others becomes it", async ({ expect }) => {
    const user = await userOf();
    const [first, second, third] = [
      await added(user.token, { label: "1" }),
      await added(user.token, { label: "2" }),
      await added(user.token, { label: "3" }),
    ];

    const gone = await remove(first.address_id, user);

    expect([gone.status, await gone.text()]).toEqual([204, ""]);
    expect((await readAddress(first.address_id, user)).status).toBe(404);
    expect(await labelsOf(user)).toEqual([
      ["3", true],
      ["2", false],
    ]);
    await remove(second.address_id, user);
    expect(await labelsOf(user)).toEqual([["3", true]]);
    await remove(third.address_id, user);
    expect(await bookOf(user.token)).toEqual([]);
  });

  it("is refused its 51st address, and takes one again when one is deleted", async ({ expect }) => {
    const user = await userOf();
    const { address_id: id } = await added(user.token);
    await sqlInD1(
      `INSERT INTO addresses SELECT user_id, address_id || value, label, name, phone, line1, line2, city, region, postal_code, country, 0,
         created_at_ms, updated_at_ms FROM addresses JOIN json_each(?) WHERE user_id = ?`,
      JSON.stringify(Array.from({ length: 49 }, (_, index) => index)),
      user.userId,
    );

    const refused = await add(addressBody(), user);
    await remove(id, user);
    const taken = await add(addressBody(), user);

    expect([refused.status, refused.body.code, taken.status]).toEqual([409, "too_many_addresses", 201]);
    expect(await countsOf(user.userId)).toEqual({ all: 50, defaults: 1 });
  });

  it("refuses a change of an address that was changed since it was read", async ({ expect }) => {
    const { token } = await userOf();
    const { body, headers } = await add(WHOLE, { token });
    const stale = { token, headers: { "If-Match": headers.get("ETag") ?? "" } };

    const fresh = await change(body.address_id, { label: "Work" }, stale);
    const [late, gone] = [await change(body.address_id, { label: "Home" }, stale), await remove(body.address_id, stale)];

    expect([fresh.status, late.status, late.body.code, gone.status]).toEqual([200, 412, "precondition_failed", 412]);
    expect(late.body.etag).toBe(fresh.headers.get("ETag"));
    expect((await readAddress(body.address_id, { token })).body.label).toBe("Work");
  });

  it("acts once for one key, whatever becomes of the address, and refuses the key for another body", async ({ expect }) => {
    const { token, userId } = await userOf();
    const [adding, deleting] = [newKey(), newKey()];

    const made = await add(WHOLE, { token, key: adding });
    const { address_id: id } = made.body;
    await change(id, { label: "Work" }, { token });
    const again = await add(WHOLE, { token, key: adding });
    const other = await add({ ...WHOLE, line2: "Flat 4" }, { token, key: adding });
    const [gone, goneAgain] = [await remove(id, { token, key: deleting }), await remove(id, { token, key: deleting })];
    const tooLate = await add(WHOLE, { token, key: adding });

    expect([again.status, again.body.address_id, again.body.label]).toEqual([201, id, "Work"]);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect([gone.status, goneAgain.status, goneAgain.headers.get("Idempotency-Replayed")]).toEqual([204, 204, "true"]);
    expect(tooLate.status).toBe(404);
    expect(await countsOf(userId)).toEqual({ all: 0, defaults: 0 });
  });

  it("is its owner's alone: for others there is no such address, and machines and guests have no book", async ({ expect }) => {
    const [owner, other, staff] = [await userOf(), await userOf(), await userOf("staff")];
    const { address_id: id } = await added(owner.token);

    for (const { token } of [other, staff]) {
      const answers = [
        await readAddress(id, { token }),
        await change(id, { label: "Mine" }, { token }),
        await remove(id, { token }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(await bookOf(token)).toEqual([]);
    }
    const { key } = await keyOf([]);
    const statuses = [
      (await get(BOOK)).status,
      (await get(BOOK, { token: key })).status,
      (await get(BOOK, { admin: true })).status,
    ];
    expect(statuses).toEqual([401, 403, 404]);
    expect((await readAddress(id, owner)).body.label).toBeNull();
  });
});
