import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { get } from "../../support/http/requests.ts";
import { askInventory as ask, moved } from "../../support/stock/movements.ts";
import { inStock } from "../../support/orders/http.ts";
import { demoWarehouses, flush, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

describe("movements as CSV", () => {
  it("have a header and every matching movement, quoted if needed, without formulas", async ({ expect }) => {
    const productId = await inStock(9);
    await flush(productId);
    await sqlInD1(`UPDATE stock_movements SET reason = '=cmd(),"x"', at_ms = 0 WHERE product_id = ?`, productId);

    const response = await ask(`products/${productId}/movements`, {}, "text/csv");

    const [{ reference_id: reference } = { reference_id: "" }] = await sqlInD1<{ reference_id: string }>(
      "SELECT reference_id FROM stock_movements WHERE product_id = ?",
      productId,
    );
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(
      "movement_id,product_id,variant_id,kind,warehouse_id,delta,previous_stock,new_stock,reason,reference_id,reference_type,reference,actor,at\r\n" +
        `${productId}:1,${productId},${productId},receive,BLR,9,0,9,"'=cmd(),""x""",,adjustment,${reference},admin,1970-01-01T00:00:00.000Z\r\n`,
    );
    expect(response.headers.get("Content-Type")).toBe("text/csv; charset=utf-8; header=present");
    expect(response.headers.get("Content-Disposition")).toBe('attachment; filename="movements.csv"');
    expect(response.headers.get("Vary")).toContain("Accept");
  });

  it("are complete whatever the limit, read in batches", async ({ expect }) => {
    const actor = newId("actor");
    const many = Array.from({ length: 2_500 }, (_, index) => [10_000 + index, index % 2 === 0 ? "receive" : "damage"] as const);
    const { idOf } = await moved(many, { warehouseId: "BLR", actor });

    const text = await (await ask("movements", { actor, kind: "receive", limit: "5" }, "text/csv")).text();

    const lines = text.trimEnd().split("\r\n").slice(1);
    expect(lines).toHaveLength(1_250);
    expect([lines[0]?.split(",")[0], lines.at(-1)?.split(",")[0]]).toEqual([idOf(2_499), idOf(1)]);
  });

  it("are aborted if a later batch fails, so that the file does not look complete", async ({ expect }) => {
    const { productId } = await moved(Array.from({ length: 2_500 }, (_, index) => [index, "receive"] as const));
    const batch = env.DB.batch.bind(env.DB);
    let calls = 0;
    const spy = vi.spyOn(env.DB, "batch").mockImplementation((statements) => {
      calls += 1;
      return calls === 2 ? Promise.reject(new Error("D1 is down")) : batch(statements);
    });

    const response = await ask(`products/${productId}/movements`, {}, "text/csv");

    await expect(response.text()).rejects.toThrow();
    spy.mockRestore();
  });

  it("are aborted after 100,000 movements", async ({ expect }) => {
    const productId = await inStock({});
    await sqlInD1(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001)
       INSERT INTO stock_movements (product_id, seq, kind, variant_id, warehouse_id, delta_on_hand, on_hand_after, reference_type,
         reference_id, actor, at_ms)
       SELECT ?, i, 'receive', 'v', 'BLR', 1, i, 'adjustment', 'ADJ', 'admin', i FROM n`,
      productId,
    );
    const log = vi.spyOn(console, "log").mockReturnValue();

    const response = await ask(`products/${productId}/movements`, {}, "text/csv");

    const chunks: string[] = [];
    const read = async () => {
      for await (const chunk of response.body ?? []) chunks.push(new TextDecoder().decode(chunk));
    };
    await expect(read()).rejects.toThrow();
    expect(chunks.join("").split("\r\n").length).toBeGreaterThan(98_000);
    expect(log.mock.calls.join()).toContain("answer_broken_off");
    log.mockRestore();
  });

  it.for([
    ["text/csv", "text/csv; charset=utf-8; header=present"],
    ["text/csv;q=0.9, application/json;q=0.1", "text/csv; charset=utf-8; header=present"],
    ["application/json, text/csv;q=0.5", "application/json"],
    ["*/*", "application/json"],
    ["text/html", "application/json"],
  ] as const)("are chosen by the header Accept: %s", async ([accept, type], { expect }) => {
    const response = await ask("movements", {}, accept);
    await response.body?.cancel();

    expect(response.headers.get("Content-Type")).toBe(type);
    expect(response.headers.get("Vary")).toContain("Accept");
  });

  it("are only for staff", async ({ expect }) => {
    const response = await get("/api/v1/inventory/movements", { headers: { Accept: "text/csv" } });

    expect(response.status).toBe(401);
  });
});
