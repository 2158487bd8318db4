import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { get, post } from "../../support/http/requests.ts";
import { move, soldOrder } from "../../support/orders/lifecycle.ts";
import { bodyOf, cancel, inStock, newKey, ORDERS, placed } from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const ADMIN = { admin: true } as const;

interface Entry {
  action: string;
  actor: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  request_id: string;
}

async function entriesOf(orderId: string): Promise<Entry[]> {
  const response = await get(`/api/v1/audit-log?record_type=order&record_id=${orderId}`, ADMIN);
  return (await response.json<{ entries: Entry[] }>()).entries;
}

describe("the audit log of an order", () => {
  it("has every write of staff once, with its changes and its request, and no personal data", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(2)], { customer_email: "asha@example.com", customer_phone: "+911" }), ADMIN);
    const key = newKey();
    const moved = await move(order.order_id, "PROCESSING", { note: "for Asha" }, { ...ADMIN, key });
    await move(order.order_id, "PROCESSING", { note: "for Asha" }, { ...ADMIN, key });
    await move(order.order_id, "RETURNED");
    await cancel(order.order_id, ADMIN);

    const entries = await entriesOf(order.order_id);

    expect(entries.map(({ action }) => action)).toEqual(["order.cancel", "order.move", "order.place"]);
    expect(entries[1]).toMatchObject({
      actor: "admin",
      before: { status: "PENDING" },
      after: { status: "PROCESSING" },
      request_id: moved.headers.get("X-Request-Id"),
    });
    expect(JSON.stringify(entries)).not.toMatch(/asha|911/i);
  });

  it("has no entries of guests", async ({ expect }) => {
    const { orderId, token } = await soldOrder();

    await cancel(orderId, { token });

    expect(await entriesOf(orderId)).toEqual([]);
  });
});

describe("webhooks of an order", () => {
  async function deliveriesOf(type: string): Promise<{ data: Record<string, unknown> }[]> {
    const { results } = await env.DB.prepare("SELECT payload FROM webhook_deliveries WHERE event_type = ? ORDER BY created_at_ms")
      .bind(type)
      .all<{ payload: string }>();
    return results.map(({ payload }) => JSON.parse(payload) as { data: Record<string, unknown> });
  }

  it("get its placement, move and return once each, with its contact and never its token", async ({ expect }) => {
    // Tests send nothing to the network; deliveries are tested with webhooks.
    const sent = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 204 }));
    const events = ["order.placed", "order.status_changed", "order.returned"];
    await post("/api/v1/webhook-endpoints", { url: "https://hooks.example.com/holdfast", events }, ADMIN);
    const { orderId, rice, token } = await soldOrder(1, { customer_email: "asha@example.com" });
    await move(orderId, "PROCESSING");
    const items = [{ product_id: rice, quantity: 1, condition: "sellable" }];
    await post(`${ORDERS}/${orderId}/returns`, { items, reason: "torn" }, ADMIN);

    const [placedEvents, moves, returns] = await Promise.all(events.map(deliveriesOf));

    expect(placedEvents).toMatchObject([{ data: { order_id: orderId, status: "PENDING", total: 199, currency: "INR" } }]);
    expect(moves?.map(({ data }) => [data.from, data.to])).toEqual([
      ["PENDING", "PROCESSING"],
      ["PROCESSING", "RETURNED"],
    ]);
    expect(returns).toMatchObject([
      { data: { order_id: orderId, status: "RETURNED", items: [{ product_id: rice, quantity: 1 }] } },
    ]);
    const all = [placedEvents, moves, returns].flatMap((each) => each ?? []);
    expect(all.map(({ data }) => data.customer_email)).toEqual(all.map(() => "asha@example.com"));
    expect(JSON.stringify(all)).not.toContain(token);
    await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(4));
    sent.mockRestore();
  });
});
