import { env } from "cloudflare:workers";
import { beforeEach, describe, it, vi } from "vitest";
import { alertsOf, change, flushed, listedProduct as stocked, MIN, move, sell } from "../../support/stock/alerts.ts";
import { newId } from "../../support/shop/shop.ts";
import { held, advanceTime, runAlarm, sqlInD1, stockOf, stopTime, reserveRequest } from "../../support/stock/stock.ts";

beforeEach(stopTime);

/** An endpoint subscribed to every stock event. */
async function listen(): Promise<string> {
  const endpointId = newId("endpoint");
  await sqlInD1(
    `INSERT INTO webhook_endpoints (endpoint_id, url, events, status, secret_no, created_at_ms, updated_at_ms)
     VALUES (?, 'https://example.test', '["stock.low","stock.out","stock.back"]', 'active', 1, 0, 0)`,
    endpointId,
  );
  return endpointId;
}

async function toldTo(endpointId: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const rows = await sqlInD1<{ payload: string }>(
    "SELECT payload FROM webhook_deliveries WHERE endpoint_id = ? ORDER BY created_at_ms, event_type",
    endpointId,
  );
  return rows.map(({ payload }) => JSON.parse(payload) as { type: string; data: Record<string, unknown> });
}

async function typesToldTo(endpointId: string): Promise<string[]> {
  return (await toldTo(endpointId)).map(({ type }) => type);
}

describe("stock events", () => {
  it("report low, out and back once each, with the figures of that moment", async ({ expect }) => {
    const endpointId = await listen();
    const productId = await stocked(6);
    await sell(productId);
    await sell(productId);
    await sell(productId, 4);
    await move(productId, 2);
    await move(productId, 9);

    const events = await toldTo(endpointId);

    expect(events.map(({ type, data }) => [type, data.current_stock, data.stock_status])).toEqual([
      ["stock.low", 5, "low_stock"],
      ["stock.out", 0, "out_of_stock"],
      ["stock.back", 2, "low_stock"],
    ]);
    expect(events[0]?.data).toEqual({
      product_id: productId,
      name: "Rice",
      sku: "RICE",
      current_stock: 5,
      min_stock_level: MIN,
      stock_status: "low_stock",
    });
  });

  it("are not sent again by a flush whose answer was lost or that was repeated", async ({ expect }) => {
    const endpointId = await listen();
    const productId = await stocked(6);
    const stock = stockOf(productId);
    await stock.commit(await held(stock, reserveRequest(6)));
    const real = env.DB.batch.bind(env.DB);
    const log = vi.spyOn(console, "error").mockReturnValue();
    const spy = vi.spyOn(env.DB, "batch").mockImplementationOnce(async (statements) => {
      await real(statements);
      // Applied, then the answer is lost.
      await real(statements);
      throw new Error("the answer was lost");
    });
    await flushed(productId);
    spy.mockRestore();
    log.mockRestore();
    advanceTime(60_000);
    await runAlarm(productId);
    await stock.resend();
    await flushed(productId);

    expect(await typesToldTo(endpointId)).toEqual(["stock.low", "stock.out"]);
    expect(await alertsOf(productId)).toEqual(["low_stock open", "out_of_stock open"]);
  });

  it("do not report an archived product as back", async ({ expect }) => {
    const productId = await stocked(1, { min_stock_level: null });
    const endpointId = await listen();
    await sell(productId);
    await change(productId, "status", "archived");
    await move(productId, 3);

    expect(await alertsOf(productId)).toEqual(["out_of_stock closed"]);
    expect(await typesToldTo(endpointId)).toEqual(["stock.out"]);
  });
});
