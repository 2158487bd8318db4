import { beforeAll, describe, it, vi } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { madeEndpoint } from "../../support/events/webhooks.ts";
import { get, patch } from "../../support/http/requests.ts";
import { bulk, outcomes, severalOrders, whatHappened } from "../../support/orders/bulk.ts";
import { ADMIN, ship } from "../../support/orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, ORDERS, placed, show, unitsOf } from "../../support/orders/http.ts";
import { type History, move } from "../../support/orders/lifecycle.ts";
import { openShop } from "../../support/shop/warehouses.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const MISSING = "ORD00000000000000000000000000";

let rice = "";

beforeAll(async () => {
  await openShop();
  rice = await inStock(1_000);
});

describe("POST /api/v1/orders/bulk", () => {
  it("processes orders, with a note, and says what became of each in the order of the request", async ({ expect }) => {
    const [first = "", done = "", unpaid = "", last = ""] = [
      ...(await severalOrders(rice, 2)),
      ...(await severalOrders(rice, 1, { payment_method: "card" })),
      ...(await severalOrders(rice, 1)),
    ];
    await move(done, "PROCESSING");

    const { status, body } = await bulk([last, done, unpaid, MISSING, first], { action: "process", note: "Packing today" });

    expect(status).toBe(200);
    expect(body).toEqual({
      counts: { changed: 2, unchanged: 1, refused: 2, unresolved: 0 },
      results: [
        { order_id: last, outcome: "changed", status: "PROCESSING" },
        { order_id: done, outcome: "unchanged", status: "PROCESSING" },
        {
          order_id: unpaid,
          outcome: "refused",
          status: "PENDING",
          error: {
            title: "The order cannot change to that status",
            status: 409,
            code: "illegal_transition",
            detail: "An unpaid order cannot be processed.",
            status_now: "PENDING",
            possible: ["CANCELLED"],
          },
        },
        {
          order_id: MISSING,
          outcome: "refused",
          status: null,
          error: { title: "Not found", status: 404, code: "not_found", detail: "There is no such order." },
        },
        { order_id: first, outcome: "changed", status: "PROCESSING" },
      ],
    });
    const { body: page } = await show<History>(first, ADMIN);
    expect(page.events.at(-1)).toMatchObject({ what: "status_changed", to: "PROCESSING", by: "admin", note: "Packing today" });
    expect(await whatHappened(done)).toHaveLength(2);
  });

  it("completes orders, whose goods leave, and not one that is short of a payment", async ({ expect }) => {
    const oil = await inStock(5);
    const orderIds = await severalOrders(oil, 2);
    const pending = await severalOrders(oil, 1);
    await bulk(orderIds, { action: "process" });

    const answer = await bulk([...orderIds, ...pending], { action: "complete" });

    expect(answer.body.results.map(({ outcome, status, error }) => [outcome, status, error?.code])).toEqual([
      ["changed", "COMPLETED", undefined],
      ["changed", "COMPLETED", undefined],
      ["refused", "PENDING", "illegal_transition"],
    ]);
    await vi.waitFor(async () => expect(await unitsOf(oil)).toEqual({ BLR: [3, 0, 1] }));
  });

  it("cancels all that has not left of orders, which completes one of which a part has", async ({ expect }) => {
    const oil = await inStock(9);
    const [whole = ""] = await severalOrders(oil, 1);
    const { order_id: partly } = await placed(bodyOf([lineOf(oil, 3)]));
    const [expired = ""] = await severalOrders(oil, 1);
    await sqlInD1("UPDATE orders SET status = 'EXPIRED' WHERE order_id = ?", expired);
    await ship(partly, "BLR", { items: [{ line_no: 1, quantity: 1 }] });

    const answer = await bulk([whole, partly, expired], { action: "cancel", note: "Closed for the season" });
    const again = await bulk([whole, partly], { action: "cancel" });

    expect(answer.body.results.map(({ outcome, status, error }) => [outcome, status, error?.status_now])).toEqual([
      ["changed", "CANCELLED", undefined],
      ["changed", "COMPLETED", undefined],
      ["refused", "EXPIRED", "EXPIRED"],
    ]);
    expect(outcomes(again)).toEqual([
      [whole, "unchanged"],
      [partly, "refused"],
    ]);
    const { body } = await show<History>(partly, ADMIN);
    expect(body.events.at(-1)).toMatchObject({ what: "items_cancelled", note: "Closed for the season" });
    await vi.waitFor(async () => expect(await unitsOf(oil)).toEqual({ BLR: [8, 0, 1] }));
  });

  it("deletes orders, and cancels those that are open", async ({ expect }) => {
    const oil = await inStock(5);
    const orderIds = await severalOrders(oil, 2);

    const [first, second] = [await bulk(orderIds, { action: "delete" }), await bulk(orderIds, { action: "delete" })];

    expect(first.body.results.map(({ outcome, status }) => [outcome, status])).toEqual(
      Array.from({ length: 2 }, () => ["changed", "CANCELLED"]),
    );
    expect(second.body.counts).toEqual({ changed: 0, unchanged: 2, refused: 0, unresolved: 0 });
    for (const orderId of orderIds) expect((await show<History>(orderId, ADMIN)).body.deleted_at).not.toBeNull();
    await vi.waitFor(async () => expect(await unitsOf(oil)).toEqual({ BLR: [5, 0] }));
  });

  it("adds a tag to those that lack it and removes it from those that have it, and leaves the other tags", async ({ expect }) => {
    const [plain = "", tagged = "", full = ""] = await severalOrders(rice, 3);
    await patch(`${ORDERS}/${tagged}`, { tags: ["vip", "fragile"] }, ADMIN);
    const twenty = Array.from({ length: 20 }, (_, index) => `tag ${index}`);
    await patch(`${ORDERS}/${full}`, { tags: twenty }, ADMIN);

    const added = await bulk([plain, tagged, full], { action: "add_tag", tag: " fragile " });
    const tags = async (orderId: string) => (await show(orderId, ADMIN)).body.tags;
    const after = [await tags(plain), await tags(tagged), await tags(full)];
    const removed = await bulk([plain, tagged, full], { action: "remove_tag", tag: "fragile" });

    expect(added.body.results.map(({ outcome, error }) => [outcome, error?.errors])).toEqual([
      ["changed", undefined],
      ["unchanged", undefined],
      ["refused", [{ field: "tag", message: "the order has 20 tags, which is the most" }]],
    ]);
    expect(after).toEqual([["fragile"], ["vip", "fragile"], twenty]);
    expect(outcomes(removed).map(([, outcome]) => outcome)).toEqual(["changed", "changed", "unchanged"]);
    expect([await tags(plain), await tags(tagged)]).toEqual([[], ["vip"]]);
  });

  it("writes the audit log and tells webhooks as single requests do", async ({ expect }) => {
    const { endpoint_id: endpointId } = await madeEndpoint({ events: ["order.status_changed", "order.edited"] });
    await sqlInD1("UPDATE webhook_endpoints SET url = 'http://localhost/' WHERE endpoint_id = ?", endpointId);
    const staff = await userOf("staff");
    const orderIds = await severalOrders(rice, 2);

    const { headers } = await bulk(orderIds, { action: "process" }, { token: staff.token });
    await bulk(orderIds, { action: "add_tag", tag: "vip" }, { token: staff.token });

    const told = await sqlInD1<{ id: string; type: string }>(
      "SELECT payload->'data'->>'order_id' AS id, event_type AS type FROM webhook_deliveries WHERE endpoint_id = ? ORDER BY type, created_at_ms",
      endpointId,
    );
    expect(told).toEqual(["order.edited", "order.status_changed"].flatMap((type) => orderIds.map((id) => ({ id, type }))));
    for (const orderId of orderIds) {
      const log = await get(`/api/v1/audit-log?record_type=order&record_id=${orderId}`, ADMIN);
      const { entries } = await log.json<{ entries: { action: string; actor: string; request_id: string }[] }>();
      expect(entries.map(({ action }) => action)).toEqual(["order.edit", "order.move"]);
      expect(entries[1]).toMatchObject({ actor: `user:${staff.userId}`, request_id: headers.get("X-Request-Id") });
    }
  });
});
