import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { EVENT_TYPES } from "../../../src/events/rules/event-types.ts";
import { sweep } from "../../../src/cron.ts";
import { faultyWorker } from "../../support/faults.ts";
import { patch, post } from "../../support/http/requests.ts";
import { ADMIN, ship, type ShippedOrder } from "../../support/orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, ORDERS, placed, show } from "../../support/orders/http.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { confirm, confirmBy, expiredOrder, rowsOf } from "../../support/payments/payments.ts";
import { disputed, failed, notify, shopWithStripe, succeeded, waiting } from "../../support/payments/stripe.ts";
import { endDispute, paidByStripe } from "../../support/payments/stripe-worker.ts";
import { bundle, demoWarehouses, newId } from "../../support/shop/shop.ts";
import { shortOrders } from "../../support/stock/short-shelf.ts";
import { madeEndpoint } from "../../support/events/webhooks.ts";

const ORDER_EVENTS = EVENT_TYPES.filter((type) => type.startsWith("order."));
const BUYER = {
  customer_name: "Asha Rao",
  customer_email: "asha@example.com",
  customer_phone: "+91 98450 11111",
  delivery_address: "14 Residency Road",
  postal_code: "560034",
  notes: "Ring twice",
};
const IN_PARTS = { ...BUYER, delivery_address: { line1: "14 Residency Road", city: "Bengaluru", region: "IN-KA" } };

type Data = Record<string, unknown> & { lines: { shipped: number; returned: number }[] };
/** What each event told, the last of each type. */
const heard = new Map<string, Data>();

beforeAll(async () => {
  await demoWarehouses();
  const { endpoint_id: endpointId } = await madeEndpoint({ events: ORDER_EVENTS });
  // An address that may not be asked, so that nothing is sent.
  await rowsOf("UPDATE webhook_endpoints SET url = 'http://localhost/' WHERE endpoint_id = ?", endpointId);
});
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** What webhooks were told about an order since the last call, by type. */
async function told(orderId: string): Promise<Map<string, Data>> {
  const rows = await rowsOf<{ event_type: string; payload: string; delivery_id: string }>(
    "SELECT delivery_id, event_type, payload FROM webhook_deliveries WHERE payload->'data'->>'order_id' = ? AND status = 'pending'",
    orderId,
  );
  await rowsOf("UPDATE webhook_deliveries SET status = 'delivered' WHERE payload->'data'->>'order_id' = ?", orderId);
  const news = rows.map(({ event_type: type, payload }): [string, Data] => [type, (JSON.parse(payload) as { data: Data }).data]);
  for (const [type, data] of news) heard.set(type, data);
  return new Map(news);
}

/** An order's page as webhooks have to tell it, with the units that left and came back of each line. */
async function asTold(orderId: string, units: { shipped?: number[]; returned?: number[] } = {}) {
  const { body } = await show<ShippedOrder>(orderId, ADMIN);
  const { items, events, cancellations, returns, staff_note, tags, ranked_by, ...head } = body;
  const lines = items.map(({ allocations, ...item }, index) => {
    const { applied_rules, ...line } = item as typeof item & { applied_rules: unknown };
    return { ...line, shipped: units.shipped?.[index] ?? 0, returned: units.returned?.[index] ?? 0 };
  });
  const pickup = { warehouse_id: "BLR", name: "Bengaluru", country: "IN", postal_code: "560001" };
  return { ...head, pickup_warehouse: head.delivery_method === "self_service" ? pickup : null, lines };
}

const act = async (orderId: string, verb: string, body?: unknown) => {
  const response = await post(`${ORDERS}/${orderId}/${verb}`, body, ADMIN);
  if (!response.ok) throw new Error(`${verb}: ${await response.text()}`);
};

describe("a webhook about an order tells it as its page does", () => {
  it("from its placement over an edit, a partial cancel, a parcel and a return to the refund", async ({ expect }) => {
    const [rice, oil] = [await inStock(9, { price: 99.99 }), await inStock(9)];
    const kit = await bundle([{ productId: rice, quantity: 2 }, { productId: oil }]);
    const body = bodyOf([lineOf(rice, 3), lineOf(kit.productId, 2)], { ...IN_PARTS, payment_method: "card" });
    const { order_id: orderId, order_token: token } = await placed(body);
    expect((await told(orderId)).get("order.placed")).toEqual(await asTold(orderId));

    await patch(`${ORDERS}/${orderId}`, { notes: "At the gate", staff_note: "Rude", tags: ["vip"] }, ADMIN);
    expect((await told(orderId)).get("order.edited")).toEqual(await asTold(orderId));

    await confirm(orderId);
    expect((await told(orderId)).get("order.paid")).toEqual(await asTold(orderId));

    await act(orderId, "cancel", { items: [{ line_no: 1, quantity: 1 }] });
    const cancelled = await told(orderId);
    const after = await asTold(orderId);
    expect(cancelled.get("order.items_cancelled")).toMatchObject({
      ...after,
      items: [{ line_no: 1, quantity: 1 }],
      amount: 99.99,
    });
    expect(cancelled.get("order.refund_due")).toEqual(after);

    const parcel = { carrier: "Delhivery", tracking_number: "DL1", tracking_url: "https://track.example.com/DL1" };
    const items = [
      { line_no: 1, quantity: 1 },
      { line_no: 2, quantity: 1 },
    ];
    await ship(orderId, "BLR", { ...parcel, items });
    const shipped = await told(orderId);
    const onTheWay = await asTold(orderId, { shipped: [1, 1] });
    expect(shipped.get("order.shipped")).toMatchObject({ ...onTheWay, shipment: parcel, shipments: [parcel] });
    expect(shipped.get("order.status_changed")).toEqual({ ...onTheWay, from: "PENDING", to: "PROCESSING" });

    await ship(orderId, "BLR");
    const wanted = { items: [{ product_id: kit.productId, quantity: 1 }], reason: "Dented" };
    const { return_id: returnId } = await (await post(`${ORDERS}/${orderId}/returns`, wanted, { token })).json<Data>();
    const asked = { ...(await asTold(orderId, { shipped: [2, 2] })), return_id: returnId };
    expect((await told(orderId)).get("order.return_requested")).toMatchObject({ ...asked, ...wanted });
    await act(orderId, `returns/${String(returnId)}/reject`, { reason: "Worn" });
    const { reason: _asked, ...refused } = { ...asked, ...wanted, updated_at: expect.any(String) as unknown };
    expect((await told(orderId)).get("order.return_rejected")).toMatchObject({ ...refused, reason: "Worn" });
    await act(orderId, "returns", { items: wanted.items.map((item) => ({ ...item, condition: "sellable" })), reason: "Dented" });
    await told(orderId);
    const both = [rice, oil].map((id) => expect.objectContaining({ product_id: id, quantity: id === rice ? 2 : 1 }) as object);
    const back = await asTold(orderId, { shipped: [2, 2], returned: [0, 1] });
    expect(heard.get("order.returned")).toMatchObject({ ...back, items: expect.arrayContaining(both) });

    await act(orderId, "refunds", { amount: 10, reason: "Dented" });
    expect((await told(orderId)).get("order.refunded")).toMatchObject({
      ...(await asTold(orderId, { shipped: [2, 2], returned: [0, 1] })),
      amount: 10,
    });
  });

  it("with the warehouse where it is collected", async ({ expect }) => {
    const { order_id: orderId } = await placed(bodyOf([await inStock(2)], { ...BUYER, delivery_method: "self_service" }));
    expect((await told(orderId)).get("order.placed")).toEqual(await asTold(orderId));

    await act(orderId, "request-link", { email: BUYER.customer_email });
    expect((await told(orderId)).get("order.link_requested")).toEqual(await asTold(orderId));

    await act(orderId, "ready");
    expect((await told(orderId)).get("order.ready_for_pickup")).toEqual(await asTold(orderId));

    await act(orderId, "collected");
    expect((await told(orderId)).get("order.collected")).toEqual(await asTold(orderId, { shipped: [1] }));
  });

  it("that is disputed, and that could not be paid", async ({ expect }) => {
    const { ask } = shopWithStripe();
    const { order_id: unpaid } = await placed(bodyOf([await inStock(1)], { ...BUYER, payment_method: "card" }));
    await notify(ask, failed(unpaid));
    expect((await told(unpaid)).get("order.payment_failed")).toEqual(await asTold(unpaid));

    const order = { ...(await paidByStripe()), disputeId: newId("dp") };
    await notify(ask, disputed(order.intentId, order.amount, { id: order.disputeId }));
    expect((await told(order.orderId)).get("order.disputed")).toMatchObject(await asTold(order.orderId));
    await endDispute(order, "won");
    expect((await told(order.orderId)).get("order.dispute_closed")).toMatchObject(await asTold(order.orderId));
  });

  it("of which units were not on the shelf", async ({ expect }) => {
    const { newer } = await shortOrders();
    expect((await told(newer)).get("order.stock_short")).toMatchObject({ ...(await asTold(newer)), short: [{ quantity: 2 }] });
  });

  it("that expires, by the sweep or by an alarm, and of one that is paid afterwards", async ({ expect }) => {
    const moved = { from: "PENDING", to: "EXPIRED" };
    const kit = await bundle([{ productId: await inStock(9), quantity: 3 }]);
    const bodies = [
      bodyOf([lineOf(await inStock(9, { price: 0.07 }), 3), kit.productId], BUYER),
      bodyOf([kit.productId], { ...IN_PARTS, delivery_method: "self_service" }),
    ];
    const orderIds = [];
    for (const body of bodies) orderIds.push((await placed(body)).order_id);
    const part = { items: [{ line_no: 1, quantity: 2 }] };
    await act(orderIds[0] ?? "", "cancel", part);
    const { orderId: paidInPart, amount } = await waiting();
    await notify(shopWithStripe().ask, succeeded(paidInPart, amount - 101));
    orderIds.push(paidInPart);
    for (const orderId of orderIds) await told(orderId);
    vi.setSystemTime(Date.now() + 73 * 3_600_000 + 7);
    await sweep(faultyWorker().deps);
    for (const orderId of orderIds)
      expect((await told(orderId)).get("order.status_changed")).toEqual({ ...(await asTold(orderId)), ...moved });

    const { orderId } = await expiredOrder(3);
    expect((await told(orderId)).get("order.status_changed")).toEqual({ ...(await asTold(orderId)), ...moved });
    const worker = faultyWorker();
    await confirmBy(worker.deps, orderId);
    await worker.idle();
    const late = await told(orderId);
    expect(late.get("order.paid")).toEqual(await asTold(orderId));
    expect(late.get("order.status_changed")).toEqual({ ...(await asTold(orderId)), from: "EXPIRED", to: "PROCESSING" });
  });

  it("in every type of event alike, and never with a secret or what staff note", async ({ expect }) => {
    const { order_id: orderId } = await placed(bodyOf([await inStock(2)], BUYER));
    await move(orderId, "CANCELLED");
    await told(orderId);

    const names = Object.keys(await asTold(orderId)).toSorted();

    expect([...heard.keys()].toSorted()).toEqual(ORDER_EVENTS.toSorted());
    for (const [type, data] of heard) {
      expect([type, names.filter((name) => !(name in data))]).toEqual([type, []]);
      expect(JSON.stringify(data)).not.toMatch(/token|staff|Rude|vip|hold|hash/i);
    }
  });
});
