import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { type AskOptions, patch } from "../../support/http/requests.ts";
import { ADMIN, ship } from "../../support/orders/fulfillment.ts";
import {
  type Answer,
  bodyOf,
  cancel,
  inStock,
  lineOf,
  newKey,
  type OrderBody,
  ORDERS,
  placed,
  type ProblemBody,
  read,
  show,
} from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

interface Edited extends OrderBody {
  events: { what: string; by: string }[];
}

async function edit<B = Edited>(orderId: string, body: unknown, options: AskOptions = ADMIN): Promise<Answer<B>> {
  return read<B>(await patch(`${ORDERS}/${orderId}`, body, options));
}

const CONTACT = {
  customer_email: "asha@example.com",
  customer_phone: "+919845012345",
  delivery_address: "1 Hill Road",
  notes: "Ring",
};

async function sold() {
  const order = await placed(bodyOf([lineOf(await inStock({ BLR: 3 }), 2)], { ...CONTACT, postal_code: "560034" }));
  return { orderId: order.order_id, token: order.order_token };
}

describe("PATCH /api/v1/orders/{order_id}", () => {
  it("changes what it names, removes what is null, and leaves the rest", async ({ expect }) => {
    const { orderId } = await sold();

    const { status, body } = await edit(orderId, {
      delivery_address: "12 Lake Road",
      notes: null,
      customer_email: "Asha@Example.com",
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...CONTACT,
      delivery_address: "12 Lake Road",
      notes: null,
      customer_name: "Asha",
      postal_code: "560034",
    });
    expect(body.events.at(-1)).toMatchObject({ what: "edited", by: "admin" });
    expect((await show(orderId, ADMIN)).body).toEqual(body);
  });

  it("shows notes and tags of staff to staff alone", async ({ expect }) => {
    const { orderId, token } = await sold();

    const { body } = await edit(orderId, { staff_note: "Called twice", tags: ["fragile", "vip", "fragile"] });
    const theirs = (await show(orderId, { token })).body;

    expect(body).toMatchObject({ staff_note: "Called twice", tags: ["fragile", "vip"] });
    expect(JSON.stringify(theirs)).not.toMatch(/Called twice|fragile|staff_note|tags/);
  });

  it("changes nothing where the order says it already, and acts once for one key", async ({ expect }) => {
    const { orderId } = await sold();
    const key = newKey();

    const same = await edit(orderId, { notes: "Ring", tags: [] });
    const [first, again] = [
      await edit(orderId, { notes: "Knock" }, { ...ADMIN, key }),
      await edit(orderId, { notes: "Knock" }, { ...ADMIN, key }),
    ];

    expect(same.body.events).toHaveLength(1);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await show<Edited>(orderId, ADMIN)).body.events.map(({ what }) => what)).toEqual(["placed", "edited"]);
  });

  it.for(["shipped", "cancelled"])("of one that is %s changes only what staff note", async (state, { expect }) => {
    const { orderId } = await sold();
    if (state === "shipped") await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }] });
    else await cancel(orderId, ADMIN);

    const refused = await edit<ProblemBody>(orderId, { delivery_address: "12 Lake Road", staff_note: "Moved" });
    const noted = await edit(orderId, { staff_note: "Moved", notes: "Ring" });

    expect([refused.status, refused.body.errors?.map(({ field }) => field)]).toEqual([422, ["delivery_address"]]);
    expect(noted.body).toMatchObject({ staff_note: "Moved", ...CONTACT });
  });

  it.for([
    ["what cannot be changed", { total: 1 }, "total"],
    ["an address without a word", { delivery_address: " " }, "delivery_address"],
    ["no e-mail address", { customer_email: "asha" }, "customer_email"],
    ["too many tags", { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, "tags"],
  ] as const)("refuses %s, and nothing changes", async ([, body, field], { expect }) => {
    const { orderId } = await sold();

    const answer = await edit<ProblemBody>(orderId, body);

    expect([answer.status, answer.body.errors?.map((error) => error.field)]).toEqual([422, [field]]);
    const events = await env.DB.prepare("SELECT count(*) AS n FROM order_events WHERE order_id = ?").bind(orderId).first("n");
    expect(events).toBe(1);
  });

  it("is for staff", async ({ expect }) => {
    const { orderId, token } = await sold();

    expect([(await edit(orderId, { notes: "x" }, { token })).status, (await edit("ORDMISSING", { notes: "x" })).status]).toEqual([
      401, 404,
    ]);
  });
});
