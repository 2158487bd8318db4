import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { prepare } from "../../../src/db/client.ts";
import { findUnsettled } from "../../../src/stock/transfers/queries.ts";
import { get } from "../../support/http/requests.ts";
import { inStock, newKey, unitsOf } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { demoWarehouses, flush, product, receive as receiveByHand } from "../../support/shop/shop.ts";
import { listTransfers, receive, sendTransfer, sent, showTransfer, transferBody } from "../../support/stock/transfers.ts";

beforeAll(demoWarehouses);

describe("a transfer", () => {
  it("takes the units out immediately, and has them on hand nowhere until they are received", async ({ expect }) => {
    const [rice, dal] = [await inStock({ BLR: 10, MUM: 1 }), await inStock(5)];
    const body = transferBody({ [rice]: 4, [dal]: 5 }, { reason: "Refill", reference_id: "DN-7" });

    const { status, headers, body: transfer } = await sendTransfer(body);

    expect(status).toBe(201);
    expect(headers.get("Location")).toBe(`/api/v1/inventory/transfers/${transfer.transfer_id}`);
    expect(transfer).toEqual({
      transfer_id: expect.stringMatching(/^TRF[0-9A-Z]{26}$/),
      status: "in_transit",
      from_warehouse_id: "BLR",
      to_warehouse_id: "MUM",
      reason: "Refill",
      reference_id: "DN-7",
      actor: "admin",
      created_at: expect.any(String),
      updated_at: expect.any(String),
      items: [
        { product_id: rice, variant_id: rice, quantity: 4, received: 0, missing: 4, returned: 0 },
        { product_id: dal, variant_id: dal, quantity: 5, received: 0, missing: 5, returned: 0 },
      ],
    });
    expect([await unitsOf(rice), await unitsOf(dal)]).toEqual([{ BLR: [6, 0], MUM: [1, 0] }, { BLR: [0, 0] }]);
    expect((await showTransfer(transfer.transfer_id)).body).toEqual(transfer);
  });

  it("moves the variants of one product, each by its own line", async ({ expect }) => {
    const variants = ["red", "blue"].map((name) => ({ variant_id: crypto.randomUUID(), sku: crypto.randomUUID(), name }));
    const { productId } = await product({ variants });
    for (const { variant_id: variantId } of variants) await receiveByHand(productId, 3, { variantId });
    const items = variants.map(({ variant_id }, index) => ({ product_id: productId, variant_id, quantity: index + 1 }));

    const { status, body } = await sendTransfer(transferBody({}, { items }));
    const received = await receive(body.transfer_id, { items: items.slice(1) });

    expect([status, received.status]).toEqual([201, 200]);
    expect(received.body.items.map((item) => item.missing)).toEqual([1, 0]);
  });

  it("is in the audit log with its sender and receiver, and in the ledger of both warehouses", async ({ expect }) => {
    const rice = await inStock(5);
    const { transfer_id: transferId } = await sent({ [rice]: 2 });
    await receive(transferId, { items: [{ product_id: rice, quantity: 2 }], note: "All well" });
    await flush(rice);

    const logged = await sqlInD1(
      "SELECT actor, action FROM audit_log WHERE record_type = 'transfer' AND record_id = ? ORDER BY at_ms",
      transferId,
    );
    const moved = await sqlInD1(
      "SELECT kind, warehouse_id, delta_on_hand, reason, actor FROM stock_movements WHERE product_id = ? AND reference_type = 'transfer'",
      rice,
    );

    expect(logged).toEqual([
      { actor: "admin", action: "transfer.create" },
      { actor: "admin", action: "transfer.receive" },
    ]);
    expect(moved).toEqual([
      { kind: "transfer_out", warehouse_id: "BLR", delta_on_hand: -2, reason: null, actor: "admin" },
      { kind: "transfer_in", warehouse_id: "MUM", delta_on_hand: 2, reason: "All well", actor: "admin" },
    ]);
  });

  it("sent twice with one key leaves once, and the repeat shows its current state", async ({ expect }) => {
    const rice = await inStock(5);
    const options = { admin: true, key: newKey() };
    const first = await sendTransfer(transferBody({ [rice]: 2 }), options);
    await receive(first.body.transfer_id, { items: [], complete: true });

    const again = await sendTransfer(transferBody({ [rice]: 2 }), options);
    const other = await sendTransfer(transferBody({ [rice]: 1 }), options);

    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, "true"]);
    expect(again.body).toMatchObject({ transfer_id: first.body.transfer_id, status: "received" });
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await unitsOf(rice)).toEqual({ BLR: [3, 0] });
  });

  it("sent several times concurrently with one key is one transfer", async ({ expect }) => {
    const rice = await inStock(5);
    const options = { admin: true, key: newKey() };

    const answers = await Promise.all(Array.from({ length: 4 }, () => sendTransfer(transferBody({ [rice]: 1 }), options)));

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.transfer_id)).size).toBe(1);
    expect(await unitsOf(rice)).toEqual({ BLR: [4, 0] });
  });
});

describe("the list of transfers", () => {
  it("pages newest first, each once, and filters by status and by either warehouse", async ({ expect }) => {
    const rice = await inStock(9);
    await env.DB.exec("DELETE FROM transfers");
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) ids.push((await sent({ [rice]: 1 })).transfer_id);
    const back = transferBody({ [rice]: 1 }, { to_warehouse_id: "DEL" });
    ids.push((await sendTransfer(back)).body.transfer_id);
    await receive(String(ids[2]), { items: [], complete: true });

    const pages: string[][] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page = await listTransfers(`?limit=4${cursor && `&cursor=${cursor}`}`);
      pages.push(page.transfers.map((transfer) => transfer.transfer_id));
      cursor = page.next_cursor;
    }
    const received = await listTransfers("?status=received");
    const toDelhi = await listTransfers("?warehouse_id=DEL");
    const short = await listTransfers("?status=received&limit=2");

    expect(pages.map((page) => page.length)).toEqual([4, 2]);
    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
    expect(received.transfers.map((transfer) => transfer.transfer_id)).toEqual([ids[2]]);
    expect(toDelhi.transfers.map((transfer) => transfer.transfer_id)).toEqual([ids[5]]);
    expect(short).toMatchObject({ transfers: [], next_cursor: expect.any(String) });
  });

  it("reads few rows for any number of transfers", async ({ expect }) => {
    await env.DB.exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO transfers (transfer_id, from_warehouse_id, to_warehouse_id, status, actor, request_id, dispatch_by_ms, created_at_ms, updated_at_ms) SELECT 'T' || i, 'BLR', 'MUM', 'received', 'x', '', i, i / 3, i FROM n",
    );

    const response = await get("/api/v1/inventory/transfers?limit=20&status=refused&warehouse_id=BLR", { admin: true });

    const [, rowsRead] = /(\d+) rows read/.exec(response.headers.get("Server-Timing") ?? "") ?? [];
    expect(Number(rowsRead)).toBeGreaterThan(20);
    expect(Number(rowsRead)).toBeLessThanOrEqual(3 * 20 + 10);
  });

  it("keeps settled ones out of the sweep's reads", async ({ expect }) => {
    const { results, meta } = await prepare(env.DB, findUnsettled(Date.now(), 10).statement).all();

    expect(results).toEqual([]);
    expect(meta.rows_read).toBeLessThanOrEqual(5);
  });

  it.for([["?cursor=x"], ["?cursor=WzEsMl0"], ["?limit=0"], ["?limit=101"], ["?status=lost"], ["?warehouse_id=%20"]])(
    "is 422 for %s",
    async ([query], { expect }) => {
      const response = await get(`/api/v1/inventory/transfers${query}`, { admin: true });

      expect([response.status, await response.json()]).toMatchObject([422, { code: "validation_failed" }]);
    },
  );

  it("and a single transfer are only for staff, and an unknown one is 404", async ({ expect }) => {
    const list = await get("/api/v1/inventory/transfers");
    const one = await showTransfer("TRF1", {});
    const unknown = await showTransfer("TRF1");

    expect([list.status, one.status, unknown.status]).toEqual([401, 401, 404]);
  });
});
