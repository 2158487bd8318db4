import { beforeAll, describe, it } from "vitest";
import { KEY_ACTIONS } from "../../../src/rules/rights.ts";
import { keyOf, userOf } from "../../support/accounts/accounts.ts";
import { appWith } from "../../support/http/app.ts";
import { del, get } from "../../support/http/requests.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import { newKey, ORDERS, type ProblemBody, show } from "../../support/orders/http.ts";
import { type History, soldOrder } from "../../support/orders/lifecycle.ts";
import { link, type LinkBody } from "../../support/orders/links.ts";
import { openShop } from "../../support/shop/warehouses.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(openShop);

const DAY_MS = 86_400_000;

describe("POST /api/v1/orders/{order_id}/link", () => {
  it("makes a token that reads the order as its customer does, for seven days, and no url without a setting", async ({
    expect,
  }) => {
    const before = Date.now();
    const { orderId } = await soldOrder();

    const { status, body } = await link(orderId);

    expect(status).toBe(201);
    expect(body).toEqual({
      order_id: orderId,
      order_token: expect.stringMatching(/^hfl_/),
      expires_at: expect.any(String),
      url: null,
    });
    expect(Date.parse(body.expires_at) % 1_000).toBe(0);
    expect(Math.abs(Date.parse(body.expires_at) - before - 7 * DAY_MS)).toBeLessThan(60_000);
    const page = await show(orderId, { token: body.order_token });
    expect(page.status).toBe(200);
    expect(page.body).not.toHaveProperty("staff_note");
  });

  it.for([1, 90])("lasts %i days where it is told so", async (days, { expect }) => {
    const { orderId } = await soldOrder();

    const { body } = await link(orderId, { expires_in_days: days });

    expect(Math.abs(Date.parse(body.expires_at) - Date.now() - days * DAY_MS)).toBeLessThan(60_000);
  });

  it.for([
    [{ expires_in_days: 0 }, "expires_in_days"],
    [{ expires_in_days: 91 }, "expires_in_days"],
    [{ expires_in_days: 1.5 }, "expires_in_days"],
    [{ expires_in_days: null }, "expires_in_days"],
    [{ days: 7 }, "days"],
    [{ revoke_others: true }, "revoke_others"],
  ] as const)("refuses %o", async ([body, field], { expect }) => {
    const { orderId } = await soldOrder();

    const answer = await link<ProblemBody>(orderId, body);

    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([422, field]);
  });

  it("makes the url of the shop's template, with the token behind the #", async ({ expect }) => {
    const { orderId } = await soldOrder();
    const ask = appWith({ orderLinkUrl: "https://shop.example/orders/{order_id}#token={order_token}" });

    const response = await ask(`${ORDERS}/${orderId}/link`, {
      method: "POST",
      headers: { Authorization: "Bearer test-admin-token-0123456789" },
    });

    const { url, order_token: token } = await response.json<LinkBody>();
    expect(url).toBe(`https://shop.example/orders/${orderId}#token=${token}`);
    expect(new URL(url ?? "").hash).toContain(token);
  });

  it("is for staff, and for keys that have the right", async ({ expect }) => {
    const { orderId, token } = await soldOrder();
    const others = KEY_ACTIONS.filter((action) => action !== "orders:link");
    const [staff, customer, mailer, other] = [
      (await userOf("staff")).token,
      (await userOf("customer")).token,
      (await keyOf(["orders:link"])).key,
      (await keyOf(others)).key,
    ];

    const statuses: number[] = [];
    for (const each of [staff, mailer, customer, other, token]) statuses.push((await link(orderId, {}, { token: each })).status);

    expect(statuses).toEqual([201, 201, 403, 403, 401]);
    expect((await link(orderId, {}, {})).status).toBe(401);
  });

  it("answers 404 for an unknown order and for one that was deleted, and writes nothing", async ({ expect }) => {
    const { orderId } = await soldOrder();
    await del(`${ORDERS}/${orderId}`, ADMIN);
    const events = await sqlInD1("SELECT * FROM order_events WHERE order_id = ?", orderId);

    const answers = [await link<ProblemBody>(orderId), await link<ProblemBody>("ORD00000000000000000000000000")];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, "not_found"],
      [404, "not_found"],
    ]);
    expect(await sqlInD1("SELECT * FROM order_events WHERE order_id = ?", orderId)).toEqual(events);
  });

  it("is in the timeline with who made it, and in the audit log with its end; its token is stored nowhere", async ({
    expect,
  }) => {
    const { orderId, token: own } = await soldOrder(1, { customer_email: "asha@example.com" });
    const staff = await userOf("staff");
    const { body } = await link(orderId, { expires_in_days: 2 }, { token: staff.token, key: newKey() });

    const [forStaff, forCustomer] = [await show<History>(orderId, ADMIN), await show<History>(orderId, { token: own })];
    const audit = await get(`/api/v1/audit-log?record_type=order&record_id=${orderId}`, ADMIN);
    const { entries } = await audit.json<{ entries: Record<string, unknown>[] }>();

    expect(forStaff.body.events.at(-1)).toMatchObject({ what: "link_made", by: `user:${staff.userId}`, note: null });
    expect(forCustomer.body.events.at(-1)).toMatchObject({ what: "link_made", by: "shop" });
    expect(entries).toMatchObject([
      { action: "order.link", actor: `user:${staff.userId}`, after: { expires_at: body.expires_at } },
    ]);
    const [, , signature = ""] = body.order_token.split("_");
    for (const table of ["idempotency", "audit_log", "order_events", "webhook_deliveries", "orders"])
      expect(JSON.stringify(await sqlInD1(`SELECT * FROM ${table}`)), table).not.toContain(signature);
  });

  it("leaves the order as it is: its ETag stays, so that no clerk who edits it is refused", async ({ expect }) => {
    const { orderId } = await soldOrder();
    const before = await show(orderId, ADMIN);

    await link(orderId);

    expect((await show(orderId, ADMIN)).headers.get("ETag")).toBe(before.headers.get("ETag"));
  });

  it("answers a repeat with its key with the same link, of which there is one event", async ({ expect }) => {
    const { orderId } = await soldOrder();
    const key = newKey();
    const options = { ...ADMIN, key };
    const [first, second] = [await link(orderId, {}, options), await link(orderId, { expires_in_days: 7 }, options)];
    const reused = await link<ProblemBody>(orderId, { expires_in_days: 8 }, options);

    expect(second.body).toEqual(first.body);
    expect([first.headers.get("Idempotency-Replayed"), second.headers.get("Idempotency-Replayed")]).toEqual([null, "true"]);
    expect([reused.status, reused.body.code]).toEqual([422, "idempotency_key_reused"]);
    const made = await sqlInD1("SELECT * FROM order_events WHERE order_id = ? AND what = 'link_made'", orderId);
    expect(made).toHaveLength(1);
  });
});
