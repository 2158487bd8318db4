import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { keyOf, userOf } from "../../support/accounts/accounts.ts";
import { patch, post } from "../../support/http/requests.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import { newKey, ORDERS, type ProblemBody, read, show } from "../../support/orders/http.ts";
import type { History } from "../../support/orders/lifecycle.ts";
import { bought, openLinkShop, request, requestsOf, told } from "../../support/orders/links.ts";
import { openShop } from "../../support/shop/warehouses.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const HOUR_MS = 3_600_000;
const MISSING = "ORD00000000000000000000000000";

beforeAll(async () => {
  await openShop();
  await openLinkShop();
});
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("POST /api/v1/orders/{order_id}/request-link", () => {
  it("tells the timeline and webhooks of it where the address is the order's, without a token", async ({ expect }) => {
    const { orderId, email } = await bought();

    const { status, body } = await request(orderId, ` ${email.toUpperCase()} `);

    expect([status, body]).toEqual([202, { status: "accepted" }]);
    expect(await requestsOf(orderId)).toMatchObject([{ by: "guest" }]);
    const [data, ...more] = await told(orderId);
    expect(more).toEqual([]);
    expect(data).toMatchObject({ order_id: orderId, customer_email: email, customer_name: "Asha" });
    expect(JSON.stringify(data)).not.toMatch(/token|staff|hfl_/i);
  });

  it.for([
    ["as it was typed into an earlier release", "Asha@Example.COM", "asha@example.com"],
    ["with blanks of an earlier release", " asha@example.com", "asha@example.com"],
    ["of another script", "asha@bücher.example", "asha@xn--bcher-kva.example"],
  ] as const)("knows an address %s", async ([, stored, typed], { expect }) => {
    const { orderId } = await bought();
    await sqlInD1("UPDATE orders SET customer_email = ? WHERE order_id = ?", stored, orderId);

    await request(orderId, typed);

    expect(await requestsOf(orderId)).toHaveLength(1);
    expect(await told(orderId)).toMatchObject([{ customer_email: stored }]);
  });

  it("works for the order of an account too, whose customer cannot sign in", async ({ expect }) => {
    const { orderId, email } = await bought({}, { token: (await userOf()).token });

    await request(orderId, email);

    expect(await requestsOf(orderId)).toHaveLength(1);
  });

  it("says who of staff asked, and of everybody else that it was the customer", async ({ expect }) => {
    const [first, second] = [await bought(), await bought()];
    const staff = await userOf("staff");
    await request(first.orderId, first.email, { token: staff.token });
    await request(second.orderId, second.email, { token: (await userOf()).token });

    expect(await requestsOf(first.orderId)).toMatchObject([{ by: `user:${staff.userId}` }]);
    expect(await requestsOf(second.orderId)).toMatchObject([{ by: "guest" }]);
  });

  it("tells of it once within an hour, and again afterwards", async ({ expect }) => {
    const { orderId, email } = await bought();
    const startMs = Date.now();
    for (const afterMs of [0, 1, HOUR_MS - 1]) {
      vi.setSystemTime(startMs + afterMs);
      expect((await request(orderId, email)).status).toBe(202);
    }
    expect(await requestsOf(orderId)).toHaveLength(1);

    vi.setSystemTime(startMs + HOUR_MS);
    await request(orderId, email);

    expect(await requestsOf(orderId)).toHaveLength(2);
    expect(await told(orderId)).toHaveLength(2);
  });

  it("tells of it once where several ask at the same time", async ({ expect }) => {
    const { orderId, email } = await bought();

    const answers = await Promise.all([1, 2, 3, 4].map(() => request(orderId, email)));

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(await requestsOf(orderId)).toHaveLength(1);
    expect(await told(orderId)).toHaveLength(1);
  });

  it("tells of it fifty times at most, because the order's page has its whole timeline", async ({ expect }) => {
    const { orderId, email } = await bought();
    await sqlInD1(
      `INSERT INTO order_events (order_id, event_no, what, actor, at_ms)
       SELECT ?, 1 + value, 'link_requested', 'guest', value FROM json_each(?)`,
      orderId,
      JSON.stringify(Array.from({ length: 49 }, (_, index) => index + 1)),
    );

    await request(orderId, email);
    vi.setSystemTime(Date.now() + HOUR_MS);
    await request(orderId, email);

    expect(await requestsOf(orderId)).toHaveLength(50);
  });

  it("tells nothing where the address is changed meanwhile", async ({ expect }) => {
    const { orderId, email } = await bought();
    const batch = env.DB.batch.bind(env.DB);
    let calls = 0;
    vi.spyOn(env.DB, "batch").mockImplementation(async (statements) => {
      calls += 1;
      if (calls === 2) await sqlInD1("UPDATE orders SET customer_email = 'other@example.com' WHERE order_id = ?", orderId);
      return batch(statements);
    });
    await request(orderId, email);
    vi.restoreAllMocks();

    expect([await requestsOf(orderId), await told(orderId)]).toEqual([[], []]);
  });

  it("answers a repeat with its key as the first, and another address under the key with 422", async ({ expect }) => {
    const { orderId, email } = await bought();
    const key = newKey();

    const [first, second] = [await request(orderId, email, { key }), await request(orderId, email, { key })];
    const other = await request<ProblemBody>(orderId, "other@example.com", { key });

    expect(second.body).toEqual(first.body);
    expect(second.headers.get("Idempotency-Replayed")).toBe("true");
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await requestsOf(orderId)).toHaveLength(1);
  });

  it.for([
    [{}, "email"],
    [{ email: "asha" }, "email"],
    [{ email: null }, "email"],
    [{ email: "asha@example.com", order_token: "x" }, "order_token"],
  ] as const)("refuses %o", async ([body, field], { expect }) => {
    const answer = await read<ProblemBody>(await post(`${ORDERS}/${MISSING}/request-link`, body));

    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([422, field]);
  });
});

describe("the way back in", () => {
  it("goes from the request over the webhook and the mailer's key to the order", async ({ expect }) => {
    const { orderId, email } = await bought();
    await patch(`${ORDERS}/${orderId}`, { staff_note: "VIP" }, ADMIN);
    const mailersKey = await keyOf(["orders:link"]);
    await request(orderId, email);
    const [delivery] = await sqlInD1<{ event_id: string }>(
      "SELECT event_id FROM webhook_deliveries WHERE event_id LIKE ? || '%' AND event_type = 'order.link_requested'",
      orderId,
    );
    const [data] = await told(orderId);

    const made = await post(
      `${ORDERS}/${String(data?.order_id)}/link`,
      {},
      { token: mailersKey.key, key: delivery?.event_id ?? "" },
    );
    const again = await post(
      `${ORDERS}/${String(data?.order_id)}/link`,
      {},
      { token: mailersKey.key, key: delivery?.event_id ?? "" },
    );

    const [first, second] = [await made.json<{ order_token: string }>(), await again.json<{ order_token: string }>()];
    expect(second).toEqual(first);
    const page = await show<History>(orderId, { token: first.order_token });
    expect(page.body).toMatchObject({ order_id: orderId, customer_email: email });
    expect(page.body.events.map(({ what, by }) => [what, by])).toEqual([
      ["placed", "customer"],
      ["edited", "shop"],
      ["link_requested", "customer"],
      ["link_made", "shop"],
    ]);
  });
});
