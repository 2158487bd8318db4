import { env } from "cloudflare:workers";
import { beforeAll, it, vi } from "vitest";
import { audit } from "../../support/stock/audits.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { cancel, inStock, placed, unitsOf } from "../../support/orders/http.ts";
import { move } from "../../support/orders/lifecycle.ts";
import { demoWarehouses, flush, receive } from "../../support/shop/shop.ts";
import { projectionOf, sqlInD1 } from "../../support/stock/stock.ts";
import { sent } from "../../support/stock/transfers.ts";

// D1 is restored by time travel (docs/operations.md), the objects are not: their later changes are written to D1 again.

/** The query of docs/operations.md after a restore: movements of stock whose cause D1 has lost. */
const LOST_CAUSES = `
  SELECT m.product_id, m.kind, m.reference_id, m.delta_on_hand FROM stock_movements m
  LEFT JOIN orders o ON o.hold_id = m.reference_id AND o.order_id = substr(m.reference_id, 1, instr(m.reference_id, '.') - 1)
  WHERE m.at_ms >= ?1 AND (
    (m.kind = 'ship' AND NOT EXISTS (SELECT 1 FROM shipments s WHERE s.shipment_id = substr(m.reference_id, instr(m.reference_id, '/') + 1)))
    OR (m.kind = 'sale' AND o.order_id IS NULL)
    OR (m.kind = 'restock' AND o.status NOT IN ('CANCELLED', 'EXPIRED'))
    OR m.kind = 'return'
    OR (m.kind = 'transfer_out' AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.transfer_id = m.reference_id))
    OR (m.kind = 'transfer_in' AND m.reference_id NOT LIKE '%/back')
  ) ORDER BY m.at_ms, m.seq`;

beforeAll(demoWarehouses);

async function tables(): Promise<string[]> {
  const rows = await sqlInD1<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'order%' OR name LIKE 'stock_%' OR name LIKE 'transfer%' OR name LIKE 'shipment%' OR name IN ('product_stock', 'cancelled_items', 'return_items', 'fences', 'idempotency', 'audit_log')) AND name NOT GLOB 'orders_search*'",
  );
  return rows.map(({ name }) => name);
}

/** Takes a snapshot of D1. @returns a function that restores it */
async function bookmark(): Promise<() => Promise<void>> {
  const names = await tables();
  for (const name of names) await env.DB.exec(`CREATE TABLE old_${name} AS SELECT * FROM ${name}`);
  return async () => {
    for (const name of names) await env.DB.exec(`DELETE FROM ${name}`);
    for (const name of names) await env.DB.exec(`INSERT INTO ${name} SELECT * FROM old_${name}`);
  };
}

it("after a restore of D1, the audit restores the projection from the objects, and a query lists movements without a cause", async ({
  expect,
}) => {
  const rice = await inStock(20);
  const kept = await placed({ customer_name: "Asha", item: rice, quantity: 1 });
  // The objects hear of an order, of its end and of its shipment after the answer.
  await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [20, 0, 1] }));
  await flush(rice);
  const setBack = await bookmark();
  const sinceMs = Date.now();
  const lost = await placed({ customer_name: "Asha", item: rice, quantity: 2 });
  for (const status of ["PROCESSING", "COMPLETED"]) await move(lost.order_id, status);
  await cancel(kept.order_id, { token: kept.order_token });
  await receive(rice, 5);
  const { transfer_id: transferId } = await sent({ [rice]: 3 });
  await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [20, 0] }));
  await flush(rice);
  const before = { units: await unitsOf(rice), levels: await projectionOf(rice) };

  await setBack();
  const stale = await projectionOf(rice);
  const { body } = await audit();
  await flush(rice);

  expect(stale).not.toEqual(before.levels);
  expect(body.repaired).toEqual([rice]);
  expect(await unitsOf(rice)).toEqual(before.units);
  expect(await projectionOf(rice)).toEqual(before.levels);
  expect(await sqlInD1(LOST_CAUSES, sinceMs)).toEqual([
    { product_id: rice, kind: "ship", reference_id: expect.stringContaining(lost.order_id), delta_on_hand: -2 },
    { product_id: rice, kind: "transfer_out", reference_id: transferId, delta_on_hand: -3 },
  ]);
  await cancel(kept.order_id, { token: kept.order_token });
  await vi.waitFor(async () => expect(await sqlInD1("SELECT action_id FROM stock_actions")).toEqual([]));
  await flush(rice);
  await expectInvariants(expect, new Map([[rice, 20 + 5 - 2 - 3]]));
});
