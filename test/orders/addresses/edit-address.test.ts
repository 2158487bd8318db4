import { beforeAll, describe, it } from "vitest";
import { patch } from "../../support/http/requests.ts";
import { ADMIN, ship } from "../../support/orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, newKey, ORDERS, placed, type ProblemBody, read, show } from "../../support/orders/http.ts";
import { requireAddresses } from "../../support/orders/addresses.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const ADDRESS = {
  line1: "12 Lake Road",
  line2: "Flat 3",
  city: "Bengaluru",
  region: "IN-KA",
  postal_code: "560034",
  country: "IN",
};
const TEXT = "12 Lake Road, Flat 3, Bengaluru, IN-KA";

async function sold(more: Record<string, unknown> = {}) {
  return (await placed(bodyOf([lineOf(await inStock({ BLR: 3 }), 2)], { postal_code: "560001", ...more }))).order_id;
}

/** Changes an order. What the answer shows is what the order's page shows afterwards. */
async function edit(orderId: string, body: object, key?: string) {
  const answer = await read<ProblemBody>(
    await patch(`${ORDERS}/${orderId}`, body, { ...ADMIN, ...(key !== undefined && { key }) }),
  );
  const page = JSON.stringify((await show(orderId, ADMIN)).body);
  if (answer.status === 200 && page !== JSON.stringify(answer.body)) throw new Error(`The page says something else: ${page}`);
  const fields = answer.body.errors?.map(({ field }) => field);
  return { ...answer, fields };
}

describe("PATCH /api/v1/orders/{order_id} of an address", () => {
  it("puts parts over a text, a text over parts, and removes both", async ({ expect }) => {
    const orderId = await sold({ delivery_address: "1 Hill Road" });

    const [parts, text, again, none] = [
      await edit(orderId, { delivery_address: ADDRESS }),
      await edit(orderId, { delivery_address: "1 Hill Road" }),
      await edit(orderId, { delivery_address: ADDRESS }),
      await edit(orderId, { delivery_address: null }),
    ];

    expect(parts.body).toMatchObject({ delivery_address: TEXT, address: ADDRESS, postal_code: "560034" });
    expect(text.body).toMatchObject({ delivery_address: "1 Hill Road", address: null, postal_code: "560034" });
    expect(again.body.address).toEqual(ADDRESS);
    expect(none.body).toMatchObject({ delivery_address: null, address: null, postal_code: "560034" });
  });

  it("follows a postal code that is changed alone, or stands beside parts without one", async ({ expect }) => {
    const orderId = await sold({ delivery_address: ADDRESS, postal_code: undefined });
    const { postal_code: _, ...rest } = ADDRESS;

    const [alone, beside, without] = [
      await edit(orderId, { postal_code: "560 002" }),
      await edit(orderId, { delivery_address: rest, postal_code: "560003" }),
      await edit(orderId, { delivery_address: { ...rest, line2: null } }),
    ];

    expect(alone.body.address).toEqual({ ...ADDRESS, postal_code: "560 002" });
    expect(beside.body.address).toEqual({ ...ADDRESS, postal_code: "560003" });
    expect(without.body).toMatchObject({ postal_code: "560003", address: { line2: null, postal_code: "560003" } });
  });

  it("changes nothing where the order says all of it already, and acts once for one key", async ({ expect }) => {
    const orderId = await sold({ delivery_address: ADDRESS, postal_code: undefined });
    const key = newKey();

    const same = await edit(orderId, { delivery_address: ADDRESS });
    const moved = { delivery_address: { ...ADDRESS, line2: "Flat 9" } };
    const [first, again] = [await edit(orderId, moved, key), await edit(orderId, moved, key)];

    expect(same.body.events).toHaveLength(1);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await show<{ events: object[] }>(orderId, ADMIN)).body.events).toHaveLength(2);
  });

  it("tells apart parts that make the same text", async ({ expect }) => {
    const orderId = await sold({ delivery_address: { line1: "A, B", city: "C" } });

    const { body } = await edit(orderId, { delivery_address: { line1: "A", line2: "B", city: "C" } });

    expect(body).toMatchObject({ delivery_address: "A, B, C", address: { line1: "A", line2: "B", city: "C" } });
  });

  it.for([
    [
      "another code beside it",
      { delivery_address: ADDRESS, postal_code: "560035" },
      ["postal_code", "delivery_address.postal_code"],
    ],
    ["no code beside it", { delivery_address: ADDRESS, postal_code: null }, ["postal_code", "delivery_address.postal_code"]],
    ["another country", { delivery_address: { ...ADDRESS, country: "US" } }, ["delivery_address.country"]],
    ["an unknown member", { delivery_address: { ...ADDRESS, state: "KA" } }, ["delivery_address.state"]],
    ["a number", { delivery_address: 5 }, ["delivery_address"]],
    ["blanks", { delivery_address: " " }, ["delivery_address"]],
  ] as const)("refuses %s, and nothing changes", async ([, body, fields], { expect }) => {
    const orderId = await sold();

    const answer = await edit(orderId, body);

    expect([answer.status, answer.fields]).toEqual([422, fields]);
    expect((await show(orderId, ADMIN)).body).toMatchObject({ address: null, postal_code: "560001", events: [{}] });
  });

  it("is refused once something has left, naming the address once; the same one is no change", async ({ expect }) => {
    const orderId = await sold({ delivery_address: ADDRESS, postal_code: undefined });
    await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }] });

    const refused = await edit(orderId, { delivery_address: { ...ADDRESS, line2: "Flat 9" } });
    const same = await edit(orderId, { delivery_address: ADDRESS });

    expect([refused.status, refused.fields]).toEqual([422, ["delivery_address"]]);
    expect([same.status, same.body.address]).toEqual([200, ADDRESS]);
  });

  it("does not remove the address that the delivery method requires", async ({ expect }) => {
    const orderId = await sold({ delivery_address: "1 Hill Road", delivery_method: "in_door" });
    const other = await sold({ delivery_address: "1 Hill Road", delivery_method: "curbside" });
    const stop = await requireAddresses("in_door");

    const refused = await edit(orderId, { delivery_address: null });
    const [replaced, removed] = [
      await edit(orderId, { delivery_address: ADDRESS }),
      await edit(other, { delivery_address: null }),
    ];
    await stop();

    expect([refused.status, refused.body.code, refused.fields]).toEqual([422, "address_required", ["delivery_address"]]);
    expect([replaced.status, removed.status]).toEqual([200, 200]);
  });
});
