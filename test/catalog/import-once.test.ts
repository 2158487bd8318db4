import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { importProducts } from "../../src/catalog/import-products.ts";
import { importRows, manyRows, ROWS } from "../support/shop/bulk.ts";
import { ownId } from "../support/shop/catalog.ts";
import { type Fault, faultyWorker } from "../support/faults.ts";
import { patch } from "../support/http/requests.ts";

async function count(prefix: string): Promise<number> {
  const query = "SELECT count(*) AS n FROM products WHERE product_id LIKE ? || '-%'";
  return (await env.DB.prepare(query).bind(prefix).first<number>("n")) ?? 0;
}

const atCall = (nth: number, fault: Fault) => (call: { to: string; nth: number }) =>
  call.to === "d1" && call.nth === nth ? fault : "none";

describe("an import under a key", () => {
  // Of each chunk: the reading of the key, of the products, the writing.
  it.for([1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((nth) => [["dies_before", nth] as const, ["dies_after", nth] as const]))(
    "whose Worker %s call %i of D1 is finished by a repeat, which reports it as if nothing had happened",
    async ([fault, nth], { expect }) => {
      const prefix = ownId("crash");
      const keyed = { id: `key-${prefix}`, requestHash: "hash" };
      const worker = faultyWorker(atCall(nth, fault));
      void importProducts(worker.deps, keyed, manyRows(prefix));
      await worker.died;

      const { report } = await importProducts(faultyWorker().deps, keyed, manyRows(prefix));

      expect(report).toHaveLength(ROWS);
      expect(report.filter(({ outcome }) => outcome !== "created")).toEqual([]);
      expect(await count(prefix)).toBe(ROWS);
    },
  );

  it("whose answers are lost reads what became of its chunks", async ({ expect }) => {
    const prefix = ownId("lost");
    const keyed = { id: `key-${prefix}`, requestHash: "hash" };

    const { report } = await importProducts(faultyWorker(atCall(3, "answer_lost")).deps, keyed, manyRows(prefix));

    expect(report.filter(({ outcome }) => outcome !== "created")).toEqual([]);
    expect(await count(prefix)).toBe(ROWS);
  });

  it("without which D1 does not say what it wrote is 503, and says to look first", async ({ expect }) => {
    const lost = importProducts(faultyWorker(atCall(2, "answer_lost")).deps, undefined, manyRows(ownId("lost")));

    await expect(lost).rejects.toMatchObject({ code: "unresolved", retryAfterS: undefined });
  });

  it("reports the same when it is repeated, and changes nothing, whatever changed since", async ({ expect }) => {
    const [id, key] = [ownId("p"), ownId("key")];
    const rows = [{ product_id: id, name: "Rice", price: 1 }, { product_id: id }];

    const first = await importRows(rows, { key });
    await patch(`/api/v1/products/${id}`, { price: 7 }, { admin: true });
    const second = await importRows(rows, { key });

    expect(first.response.headers.get("Idempotency-Replayed")).toBeNull();
    expect(second.response.headers.get("Idempotency-Replayed")).toBe("true");
    expect(second.rows).toEqual(first.rows);
    const price = await env.DB.prepare("SELECT price_minor FROM products WHERE product_id = ?").bind(id).first("price_minor");
    expect(price).toBe(700);
  });

  it("is refused with another file", async ({ expect }) => {
    const key = ownId("key");
    await importRows([{ product_id: ownId("p"), name: "Rice", price: 1 }], { key });

    const { http, code } = await importRows([{ product_id: ownId("p"), name: "Rice", price: 1 }], { key });

    expect({ http, code }).toEqual({ http: 422, code: "idempotency_key_reused" });
  });

  it("acts once when it is sent twice at the same time", async ({ expect }) => {
    const [id, key] = [ownId("p"), ownId("key")];
    const rows = [{ product_id: id, name: "Rice", price: 1 }];

    const [one, other] = await Promise.all([importRows(rows, { key }), importRows(rows, { key })]);

    expect([one.outcomes, other.outcomes]).toEqual([["created"], ["created"]]);
  });
});
