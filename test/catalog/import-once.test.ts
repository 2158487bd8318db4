import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { importProducts } from "../../src/catalog/bulk/import-products.ts";
import { importRows, manyRows, ROWS } from "../support/shop/bulk.ts";
import { ownId } from "../support/shop/catalog.ts";
import { atD1, faultyWorker } from "../support/faults.ts";
import { patch } from "../support/http/requests.ts";

async function count(prefix: string): Promise<number> {
  const query = "SELECT count(*) AS n FROM products WHERE product_id LIKE ? || '-%'";
  return (await env.DB.prepare(query).bind(prefix).first<number>("n")) ?? 0;
}

/** The batches of each chunk. */
const BATCHES = ["kept answer", "read rows", "write once"];
const CHUNKS = [1, 2, 3];

/** A Worker that does not get the answer of its first write. */
function losingFirstAnswer() {
  const isFirstWrite = atD1("write once");
  return faultyWorker((call) => (isFirstWrite(call) ? "answer_lost" : "none"));
}

describe("an import with a key", () => {
  const cases = CHUNKS.flatMap((chunk) =>
    BATCHES.flatMap((name) => [["dies_before", name, chunk] as const, ["dies_after", name, chunk] as const]),
  );

  it.for(cases)(
    "whose Worker %s the batch '%s' of chunk %i is completed by a repeat, which reports it as one import",
    async ([fault, name, chunk], { expect }) => {
      const prefix = ownId("crash");
      const keyed = { id: `key-${prefix}`, requestHash: "hash" };
      const isAt = atD1(name, chunk);
      const worker = faultyWorker((call) => (isAt(call) ? fault : "none"));
      void importProducts(worker.deps, keyed, manyRows(prefix));
      await worker.died;

      const { report } = await importProducts(faultyWorker().deps, keyed, manyRows(prefix));

      expect(report).toHaveLength(ROWS);
      expect(report.filter(({ outcome }) => outcome !== "created")).toEqual([]);
      expect(await count(prefix)).toBe(ROWS);
    },
  );

  it("whose answers are lost reads the results of its chunks", async ({ expect }) => {
    const prefix = ownId("lost");
    const keyed = { id: `key-${prefix}`, requestHash: "hash" };

    const { report } = await importProducts(losingFirstAnswer().deps, keyed, manyRows(prefix));

    expect(report.filter(({ outcome }) => outcome !== "created")).toEqual([]);
    expect(await count(prefix)).toBe(ROWS);
  });

  it("is 503 without a key if D1 does not answer, with the advice to look first", async ({ expect }) => {
    const lost = importProducts(losingFirstAnswer().deps, undefined, manyRows(ownId("lost")));

    await expect(lost).rejects.toMatchObject({ code: "unresolved", retryAfterS: undefined });
  });

  it("returns the same report when it is repeated, and changes nothing, whatever has changed since", async ({ expect }) => {
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

  it("acts once when it is sent twice concurrently", async ({ expect }) => {
    const [id, key] = [ownId("p"), ownId("key")];
    const rows = [{ product_id: id, name: "Rice", price: 1 }];

    const [one, other] = await Promise.all([importRows(rows, { key }), importRows(rows, { key })]);

    expect([one.outcomes, other.outcomes]).toEqual([["created"], ["created"]]);
  });
});
