import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { sqlInD1 } from "../support/stock/stock.ts";

/** Writes the units of a return as a release before 0.4.0 does. */
async function oldReturn(orderId: string, returnId: string, atMs: number, lines = 1): Promise<void> {
  await sqlInD1(
    `INSERT INTO return_items (order_id, return_id, line_no, product_id, variant_id, warehouse_id, quantity, condition, reason, actor, at_ms)
     SELECT ?1, ?2, value, 'p', 'v', 'BLR', 1, 'sellable', 'Torn ' || ?2, 'admin', CAST(?3 AS INTEGER) FROM json_each(?4)`,
    orderId,
    returnId,
    atMs,
    JSON.stringify(Array.from({ length: lines }, (_, lineNo) => lineNo)),
  );
}

async function soldUnits(orderId: string, quantity: number): Promise<void> {
  await sqlInD1(
    "INSERT INTO order_allocations (order_id, line_no, variant_id, warehouse_id, product_id, quantity) VALUES (?, 1, 'v', 'BLR', 'p', ?)",
    orderId,
    quantity,
  );
}

/** The statement of the migration that fills its table. */
function filling(): string {
  const { MIGRATIONS } = env as unknown as { MIGRATIONS: D1Migration[] };
  const { queries = [] } = MIGRATIONS.find(({ name }) => name.endsWith("_returns.sql")) ?? {};
  return queries.find((query) => /^(--.*\n)*INSERT/.test(query.trim())) ?? "";
}

describe("the migration to returns that can be requested", () => {
  it("knows each older return once, as received, and those that older Workers write after it alike", async ({ expect }) => {
    await soldUnits("a", 5);
    await soldUnits("b", 1);
    await oldReturn("a", "RET1", 7, 3);
    await oldReturn("a", "RET2", 9);
    await oldReturn("b", "RET3", 8);
    const written = await sqlInD1("SELECT * FROM returns ORDER BY return_id");
    await sqlInD1("DELETE FROM returns");

    await sqlInD1(filling());

    expect(await sqlInD1("SELECT * FROM returns ORDER BY return_id")).toEqual(written);
    const base = { status: "received", requested: null, actor: "admin", rejection: null };
    expect(written).toEqual([
      { order_id: "a", return_id: "RET1", ...base, reason: "Torn RET1", at_ms: 7, decided_at_ms: 7 },
      { order_id: "a", return_id: "RET2", ...base, reason: "Torn RET2", at_ms: 9, decided_at_ms: 9 },
      { order_id: "b", return_id: "RET3", ...base, reason: "Torn RET3", at_ms: 8, decided_at_ms: 8 },
    ]);
  });
});
