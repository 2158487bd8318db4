import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { checkShop } from "../upgrade/check-shop.ts";
import { recover } from "../upgrade/controls.ts";
import { levelIn, move, ordered, type Placed, takeBack } from "../upgrade/mixed-orders.ts";
import { type MixedShop, openMixedShop } from "../upgrade/two-releases.ts";

const START_MS = 120_000;
/** More than a payment window. */
const WINDOW_MS = 1_900_000;

let shop: MixedShop;

beforeAll(async () => {
  shop = await openMixedShop(["BLR"]);
}, START_MS);

afterAll(() => shop?.stop());

/** An order of a cart, which waits for its payment. */
async function checkedOut(productId: string, quantity: number): Promise<Placed> {
  const { cart_id: cartId } = await shop.asAdmin("POST", "/carts", {});
  await shop.asAdmin("POST", `/carts/${String(cartId)}/items`, { product_id: productId, quantity });
  const order = await shop.asAdmin("POST", "/checkout", { cart_id: cartId, customer_name: "Asha", payment_method: "card" });
  return order as unknown as Placed;
}

const confirm = ({ order_id: orderId, total }: Placed) =>
  shop.asAdmin("POST", `/orders/${orderId}/payment/confirm`, {
    payment_reference: `UTR ${orderId}`,
    amount: total,
    currency: "INR",
  });

const show = ({ order_id: orderId }: Placed) => shop.asAdmin("GET", `/orders/${orderId}`);

describe("release 0.2.0 beside today's", () => {
  it("gives nobody's units away that a checkout holds, which it does not know", async ({ expect }) => {
    const rice = await shop.stocked(4);
    const order = await checkedOut(rice, 2);
    await shop.pin(rice, "0.2.0");
    await shop.controls().advanceClock(WINDOW_MS);
    await shop.controls().runAlarm(rice);
    await shop.pin(rice, "current");

    await confirm(order);

    await recover(shop.controls(), shop.products);
    expect(await show(order)).toMatchObject({ status: "PENDING", payment_status: "paid" });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });

  it("forgets no money that came late, whose order is to be settled", async ({ expect }) => {
    const rice = await shop.stocked(4);
    const order = await ordered(shop, rice, "card");
    await shop.controls().advanceClock(WINDOW_MS);
    await shop.controls().runAlarm(rice);
    expect(await show(order)).toMatchObject({ status: "EXPIRED" });
    // As the batch of the payment leaves it where its Worker dies before it finds goods.
    await shop
      .controls()
      .queryD1(
        `UPDATE orders SET payment_status = 'paid', paid_minor = total_minor, due_at_ms = 1 WHERE order_id = '${order.order_id}'`,
      );
    await shop
      .controls()
      .queryD1(
        `INSERT INTO payments VALUES ('${order.order_id}', 'late', 'manual', 'late', ${order.total * 100}, 'INR', 'admin', 1)`,
      );

    await shop.controls().call("runCron", { release: "0.2.0" });

    await recover(shop.controls(), shop.products);
    expect(await show(order)).toMatchObject({ status: "PROCESSING", payment_status: "paid" });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });

  it("ends no paid order without saying that a refund is due", async ({ expect }) => {
    const rice = await shop.stocked(20);
    const [cancelled, returned, partly] = [
      await ordered(shop, rice, "card"),
      await ordered(shop, rice, "card"),
      await ordered(shop, rice, "card"),
    ];
    for (const order of [cancelled, returned, partly]) await confirm(order);
    await shop.asAdmin("POST", `/orders/${partly.order_id}/refunds`, { amount: 1, reason: "Late" });

    await shop.asAdmin("POST", `/orders/${cancelled.order_id}/cancel`, {}, "0.2.0");
    await shop.asAdmin("POST", `/orders/${partly.order_id}/cancel`, {}, "0.2.0");
    await move(shop, returned, "PROCESSING", "0.2.0");
    await takeBack(shop, returned, [rice, 2], "0.2.0");

    await recover(shop.controls(), shop.products);
    for (const order of [cancelled, returned, partly]) expect(await show(order)).toMatchObject({ payment_status: "refund_due" });
    const alerts = await shop.controls().queryD1("SELECT subject FROM alerts WHERE kind = 'refund_due' AND closed_at_ms IS NULL");
    const owed = [cancelled, returned, partly].map((order) => order.order_id);
    expect(new Set(alerts.map(({ subject }) => subject))).toEqual(new Set(owed));
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });
});

describe("a product whose object runs another release than the Worker", () => {
  it.for([
    ["0.3.0", "current"],
    ["current", "0.3.0"],
  ] as const)("is sold, cancelled, completed and taken back: Worker %s, object %s", async ([worker, objects], { expect }) => {
    const rice = await shop.stocked(10);
    await shop.pin(rice, objects);
    const place = () => ordered(shop, rice, "cod", worker);
    const [cancelled, completed, returned] = [await place(), await place(), await place()];
    await shop.asAdmin("POST", `/orders/${cancelled.order_id}/cancel`, {}, worker);
    for (const order of [completed, returned]) {
      await move(shop, order, "PROCESSING", worker);
      await move(shop, order, "COMPLETED", worker);
    }
    await takeBack(shop, returned, [rice, 1], worker);

    await shop.pin(rice, "current");
    await recover(shop.controls(), shop.products);

    expect(await levelIn(shop, rice, "BLR")).toEqual({ on_hand: 10 - 2 - 2 + 1, reserved: 0, allocated: 0 });
    expect(await show(returned)).toMatchObject({ status: "COMPLETED" });
    expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
  });
});

describe("a link to an order", () => {
  it("is in a timeline that release 0.3.0 shows, and opens nothing there", async ({ expect }) => {
    const order = await ordered(shop, await shop.stocked(2), "cod");
    await shop.controls().queryD1(`UPDATE orders SET customer_email = 'Asha@example.com' WHERE order_id = '${order.order_id}'`);
    await shop.asAdmin("POST", `/orders/${order.order_id}/request-link`, { email: "asha@example.com" });
    const { order_token: token } = await shop.asAdmin("POST", `/orders/${order.order_id}/link`, {});

    const shown = await shop.asAdmin("GET", `/orders/${order.order_id}`, undefined, "0.3.0");
    const path = `/api/v1/orders/${order.order_id}`;
    const opened = await Promise.all(
      (["current", "0.3.0"] as const).map((release) => shop.send({ method: "GET", path, token: String(token) }, release)),
    );

    const { events } = shown as { events: { what: string }[] };
    expect(events.map(({ what }) => what)).toEqual(["placed", "link_requested", "link_made"]);
    expect(opened.map(({ status }) => status)).toEqual([200, 404]);
    await move(shop, order, "PROCESSING", "0.3.0");
  });
});

describe("an order that a count found short by a unit", () => {
  it.for(["current", "0.3.0"] as const)(
    "is not completed by release 0.3.0, whose cancel frees the one unit it has: object %s",
    async (objects, { expect }) => {
      const rice = await shop.stocked(4);
      const kept = await ordered(shop, rice, "cod");
      const short = await ordered(shop, rice, "cod");
      await vi.waitUntil(async () => (await levelIn(shop, rice, "BLR"))?.allocated === 4);
      const count = { product_id: rice, warehouse_id: "BLR", counted: 3, expected_on_hand: 4, on_shortage: "keep_oldest" };
      await shop.asAdmin("POST", "/inventory/counts", count);
      expect(await show(short)).toMatchObject({ stock_short: true });
      await shop.pin(rice, objects);

      await move(shop, short, "PROCESSING", "0.3.0");
      await expect(move(shop, short, "COMPLETED", "0.3.0")).rejects.toThrow(": 503 ");
      await shop.asAdmin("POST", `/orders/${short.order_id}/cancel`, {}, "0.3.0");
      await move(shop, kept, "PROCESSING", "0.3.0");
      await shop.pin(rice, "current");
      await recover(shop.controls(), shop.products);

      expect(await levelIn(shop, rice, "BLR")).toEqual({ on_hand: 3, reserved: 0, allocated: 2 });
      expect(await show(short)).toMatchObject({ status: "CANCELLED", stock_short: false });
      expect(await checkShop(shop.controls(), shop.products)).toEqual([]);
    },
  );
});
