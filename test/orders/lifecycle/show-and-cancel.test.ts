import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { get } from "../../support/http/requests.ts";
import {
  bodyOf,
  cancel,
  footprint,
  inStock,
  lineOf,
  ORDERS,
  placed,
  type ProblemBody,
  show,
  unitsOf,
} from "../../support/orders/http.ts";
import { bundle, newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const MISSING = "ORD00000000000000000000000000";
const HUGE_ID = "O".repeat(10_240);

/** What could distinguish one 404 from another, apart from its request. */
function withoutRequest({ status, headers, body }: { status: number; headers: Headers; body: ProblemBody }) {
  const { request_id: _, ...said } = body;
  return { status, type: headers.get("Content-Type"), challenge: headers.get("WWW-Authenticate"), said };
}

describe("GET /api/v1/orders/{order_id}", () => {
  it("shows the order to the holder of its token and to an admin, as it was placed and without the token", async ({ expect }) => {
    const order = await placed(
      bodyOf([await inStock({ BLR: 1, MUM: 1 }).then((rice) => lineOf(rice, 2))], { postal_code: "560034" }),
    );
    const { order_token: token, ...placing } = order;
    const placedEvent = { what: "placed", from: null, to: "PENDING", at: order.created_at, note: null, amount: null };
    const shownTo = (by: string) => ({
      ...placing,
      events: [{ ...placedEvent, by }],
      shipments: [],
      cancellations: [],
      returns: [],
    });

    const [holder, admin] = [await show(order.order_id, { token }), await show(order.order_id, { admin: true })];

    expect([holder.status, admin.status]).toEqual([200, 200]);
    expect(holder.body).toEqual(shownTo("customer"));
    expect(admin.body).toEqual({ ...shownTo("guest"), staff_note: null, tags: [] });
  });

  it("answers a stranger for another's order exactly as for a missing one", async ({ expect }) => {
    const rice = await inStock(2);
    const [mine, theirs] = [await placed(bodyOf([rice])), await placed(bodyOf([rice]))];

    const answers = [
      await show<ProblemBody>(theirs.order_id),
      await show<ProblemBody>(theirs.order_id, { token: mine.order_token }),
      await show<ProblemBody>(theirs.order_id, { token: theirs.order_id }),
      await show<ProblemBody>(MISSING),
      await show<ProblemBody>(MISSING, { token: mine.order_token }),
      await show<ProblemBody>(MISSING, { admin: true }),
    ];

    expect(answers[0]?.body).toMatchObject({ status: 404, code: "not_found" });
    for (const answer of answers) expect(withoutRequest(answer)).toEqual(answers[0] && withoutRequest(answers[0]));
  });

  it("makes no database call for a stranger, so that not even the response time reveals anything", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));

    const { headers } = await show(order.order_id, { token: "another-token-of-some-length" });

    expect(headers.get("Server-Timing")).toContain(`hops;desc="0"`);
  });

  it.for([
    ["an id of 10 KB", HUGE_ID],
    ["an id with SQL in it", encodeURIComponent("' OR 1=1 --")],
  ] as const)("refuses %s", async ([, orderId], { expect }) => {
    const { status, body } = await show<ProblemBody>(orderId, { admin: true });

    expect([status, body.code, body.errors?.map(({ field }) => field)]).toEqual([422, "validation_failed", ["order_id"]]);
  });

  it("accepts the token only as a bearer token", async ({ expect }) => {
    const { order_id: orderId, order_token: token } = await placed(bodyOf([await inStock(1)]));

    const basic = await get(`${ORDERS}/${orderId}`, { headers: { Authorization: `Basic ${token}` } });
    const query = await get(`${ORDERS}/${orderId}?order_token=${token}`);
    const lower = await get(`${ORDERS}/${orderId}`, { headers: { Authorization: `bearer ${token}` } });

    expect([basic.status, query.status, lower.status]).toEqual([401, 422, 200]);
  });
});

describe("POST /api/v1/orders/{order_id}/cancel", () => {
  it("cancels the order and frees its units in the warehouses that were to supply them", async ({ expect }) => {
    const [rice, slat] = [await inStock({ BLR: 1, MUM: 2 }), await inStock(8)];
    const { productId: bed } = await bundle([{ productId: slat, quantity: 4 }]);
    const { order_token: token, ...order } = await placed(bodyOf([lineOf(rice, 3), bed]));
    await vi.waitFor(async () =>
      expect([await unitsOf(rice), await unitsOf(slat)]).toEqual([{ BLR: [1, 0, 1], MUM: [2, 0, 2] }, { BLR: [8, 0, 4] }]),
    );

    const { status, body } = await cancel(order.order_id, { token });

    expect(status).toBe(200);
    expect(body).toEqual({
      ...order,
      status: "CANCELLED",
      amount_due: 0,
      updated_at: expect.any(String),
      events: [
        expect.objectContaining({ what: "placed" }),
        {
          what: "status_changed",
          from: "PENDING",
          to: "CANCELLED",
          at: body.updated_at,
          by: "customer",
          note: null,
          amount: null,
        },
      ],
      shipments: [],
      cancellations: [],
      returns: [],
    });
    expect(Date.parse(String(body.updated_at))).toBeGreaterThanOrEqual(Date.parse(order.created_at));
    await vi.waitFor(async () =>
      expect([await unitsOf(rice), await unitsOf(slat)]).toEqual([{ BLR: [1, 0], MUM: [2, 0] }, { BLR: [8, 0] }]),
    );
    await vi.waitFor(async () =>
      expect(await env.DB.prepare("SELECT count(*) AS owed FROM stock_actions").first("owed")).toBe(0),
    );
  });

  it("works for an admin too, and the order can be shown afterwards", async ({ expect }) => {
    const { order_id: orderId, order_token: token } = await placed(bodyOf([await inStock(1)]));

    const { status } = await cancel(orderId, { admin: true });

    expect([status, (await show(orderId, { token })).body.status]).toEqual([200, "CANCELLED"]);
  });

  it("frees units once, for any number of cancellations at once", async ({ expect }) => {
    const rice = await inStock(5);
    const { order_id: orderId, order_token: token } = await placed(bodyOf([lineOf(rice, 2)]));

    const answers = await Promise.all(Array.from({ length: 6 }, () => cancel<ProblemBody>(orderId, { token })));
    const late = await cancel<ProblemBody>(orderId, { token });

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409, 409]);
    expect([late.status, late.body]).toMatchObject([409, { code: "illegal_transition", status_now: "CANCELLED", possible: [] }]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
  });

  it("answers a stranger as for a missing order, and changes nothing", async ({ expect }) => {
    const rice = await inStock(2);
    const [mine, theirs] = [await placed(bodyOf([rice])), await placed(bodyOf([rice]))];
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 0, 2] }));
    const before = await footprint(rice);

    const answers = [
      await cancel<ProblemBody>(theirs.order_id),
      await cancel<ProblemBody>(theirs.order_id, { token: mine.order_token }),
      await cancel<ProblemBody>(MISSING),
      await cancel<ProblemBody>(newId("ORD"), { admin: true }),
    ];

    for (const answer of answers) expect(withoutRequest(answer)).toEqual(answers[0] && withoutRequest(answers[0]));
    expect(answers[0]?.body).toMatchObject({ status: 404, code: "not_found" });
    expect(await footprint(rice)).toEqual(before);
    expect((await show(theirs.order_id, { admin: true })).body.status).toBe("PENDING");
  });

  it("refuses an id of 10 KB", async ({ expect }) => {
    const { status, body } = await cancel<ProblemBody>(HUGE_ID, { admin: true });

    expect([status, body.code]).toEqual([422, "validation_failed"]);
  });
});
