import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, describe, it } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { write } from "../../src/db/client.ts";
import { insertDeliveries } from "../../src/events/outbox-statements.ts";
import { newId } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";
import { deliveriesOf, happened, madeEndpoint } from "../support/events/webhooks.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 9, 30);
const DAY_MS = 86_400_000;

beforeEach(async () => {
  await sqlInD1("DELETE FROM webhook_endpoints");
});

function countOf(eventId: string): Promise<object[]> {
  return sqlInD1("SELECT endpoint_id FROM webhook_deliveries WHERE event_id = ?", eventId);
}

describe("the outbox", () => {
  it("gets one delivery per event and active endpoint that subscribes to it", async ({ expect }) => {
    const wanting = [await madeEndpoint(), await madeEndpoint({ events: ["stock.low", "order.placed"] })];
    await madeEndpoint({ events: ["stock.low", "order.status_changed"] });
    const disabled = await madeEndpoint();
    await sqlInD1("UPDATE webhook_endpoints SET status = 'disabled' WHERE endpoint_id = ?", disabled.endpoint_id);

    const eventId = await happened("order.placed");

    const ids = wanting.map(({ endpoint_id: id }) => ({ endpoint_id: id }));
    expect(await countOf(eventId)).toHaveLength(2);
    expect(await countOf(eventId)).toEqual(expect.arrayContaining(ids));
  });

  it("gets nothing if no endpoint subscribes to the event", async ({ expect }) => {
    await madeEndpoint({ events: ["stock.low"] });

    expect(await countOf(await happened("order.placed"))).toEqual([]);
  });

  it("gets the event in the format of Standard Webhooks, due at once and for 24 hours", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();

    const eventId = await happened("order.placed", newId("event"), NOW_MS);

    const [row] = await sqlInD1<{ payload: string }>("SELECT * FROM webhook_deliveries WHERE event_id = ?", eventId);
    expect(row).toMatchObject({
      delivery_id: `${eventId}:${id}`,
      endpoint_id: id,
      event_type: "order.placed",
      status: "pending",
      attempts: 0,
      next_attempt_at_ms: NOW_MS,
      give_up_at_ms: NOW_MS + DAY_MS,
      created_at_ms: NOW_MS,
      response_status: null,
      error: null,
    });
    expect(JSON.parse(row?.payload ?? "")).toEqual({
      type: "order.placed",
      timestamp: "2026-11-21T09:30:00.000Z",
      data: { order_id: "ORD1", units: 2 },
    });
  });

  it("gets an event once, however often it is inserted", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint();
    const eventId = newId("event");

    await happened("order.placed", eventId);
    await sqlInD1("UPDATE webhook_deliveries SET status = 'delivered' WHERE event_id = ?", eventId);
    await happened("order.placed", eventId);

    expect((await deliveriesOf(id)).map(({ status }) => status)).toEqual(["delivered"]);
  });

  it("gets several events from one statement, each with its own data", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint({ events: ["stock.low"] });
    const { deps } = bindDeps(env, { waitUntil: () => {} });
    const prefix = newId("event");
    const source = sql`SELECT ${prefix} || value AS event_id, json_object('n', value) AS data FROM json_each('[1,2,3]')`;

    await deps.db.batch("batch", { write: write(insertDeliveries("stock.low", source, NOW_MS)) });

    const rows = await sqlInD1<{ n: number }>(
      "SELECT payload->'data'->>'n' AS n FROM webhook_deliveries WHERE endpoint_id = ? ORDER BY n",
      id,
    );
    expect(rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it("stores unique ids without full stops, which separate the signed parts", async ({ expect }) => {
    const { endpoint_id: id } = await madeEndpoint({ events: ["stock.low"] });

    for (const productId of ["493.857.51", "493_857_51", "49385751"]) await happened("stock.low", `low:${productId}:${id}`);

    expect((await deliveriesOf(id)).map(({ event_id: eventId }) => eventId).toSorted()).toEqual([
      `low:49385751:${id}`,
      `low:493_857_51:${id}`,
      `low:493~857~51:${id}`,
    ]);
  });
});
