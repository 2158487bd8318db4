import { beforeAll, describe, it } from "vitest";
import { expectInvariants } from "../../support/invariants.ts";
import { inStock, newKey, unitsOf } from "../../support/orders/http.ts";
import { demoWarehouses, flush } from "../../support/shop/shop.ts";
import { movementsOf, sqlInD1 } from "../../support/stock/stock.ts";
import { listTransfers, recall, receive, sendTransfer, sent, showTransfer, transferBody } from "../../support/stock/transfers.ts";

beforeAll(demoWarehouses);

const unitsIn = (productId: string, quantity: number) => ({ items: [{ product_id: productId, quantity }] });

describe("recalling a transfer", () => {
  it("brings all units back to where they came from, and closes it", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5)];
    const { transfer_id: transferId } = await sent({ [rice]: 3, [dal]: 2 });

    const { status, body } = await recall(transferId, { reason: "The van broke down" });
    const shown = await showTransfer(transferId);

    const items = [
      { product_id: rice, quantity: 3, received: 0, missing: 0, returned: 3 },
      { product_id: dal, quantity: 2, received: 0, missing: 0, returned: 2 },
    ];
    expect([status, body]).toMatchObject([200, { transfer_id: transferId, status: "recalled", booked: true, items }]);
    expect(shown.body).toMatchObject({ status: "recalled", items });
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] });
    expect(await movementsOf(rice, transferId)).toEqual(["transfer_out 3", "transfer_in 3"]);
    for (const productId of [rice, dal]) await flush(productId);
    await expectInvariants(expect, new Map(Object.entries({ [rice]: 5, [dal]: 5 })));
    const written = "SELECT reason, actor, warehouse_id FROM stock_movements WHERE product_id = ? AND kind = 'transfer_in'";
    expect(await sqlInD1(written, rice)).toEqual([{ reason: "The van broke down", actor: "admin", warehouse_id: "BLR" }]);
    const log = "SELECT action, after FROM audit_log WHERE record_id = ? AND action = 'transfer.recall'";
    expect(await sqlInD1<{ after: string }>(log, transferId)).toMatchObject([{ after: expect.stringContaining("The van") }]);
    expect((await listTransfers("?status=recalled")).transfers.map((each) => each.transfer_id)).toContain(transferId);
  });

  it("brings back what was not received, and leaves the rest where it arrived", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5)];
    const { transfer_id: transferId } = await sent({ [rice]: 3, [dal]: 2 });
    await receive(transferId, { items: [...unitsIn(rice, 1).items, ...unitsIn(dal, 2).items] });

    const { body } = await recall(transferId);

    expect(body.items).toMatchObject([
      { received: 1, missing: 0, returned: 2 },
      { received: 2, missing: 0, returned: 0 },
    ]);
    expect(await unitsOf(rice)).toEqual({ BLR: [4, 0], MUM: [1, 0] });
    expect(await unitsOf(dal)).toEqual({ BLR: [3, 0], MUM: [2, 0] });
    for (const productId of [rice, dal]) await flush(productId);
    await expectInvariants(expect, new Map(Object.entries({ [rice]: 5, [dal]: 5 })));
  });

  it("repeated or sent twice at once with one key brings them back once", async ({ expect }) => {
    const rice = await inStock(5);
    const { transfer_id: transferId } = await sent({ [rice]: 4 });
    const options = { admin: true, key: newKey() };

    const answers = await Promise.all([1, 2, 3].map(() => recall(transferId, {}, options)));
    const other = await recall(transferId, { reason: "Another" }, options);

    expect(answers.map(({ status, body }) => [status, body.status])).toEqual([1, 2, 3].map(() => [200, "recalled"]));
    expect(answers.filter(({ headers }) => headers.get("Idempotency-Replayed") === "true")).toHaveLength(2);
    expect(other.body).toMatchObject({ status: 422, code: "idempotency_key_reused" });
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] });
  });

  it("is refused once it is closed, and so is a receipt of a recalled one, with its status", async ({ expect }) => {
    const rice = await inStock(5);
    const [closed, refused, back] = [
      await sent({ [rice]: 1 }),
      await sendTransfer(transferBody({ [rice]: 9 })),
      await sent({ [rice]: 1 }),
    ];
    await receive(closed.transfer_id, { items: [], complete: true });
    await recall(back.transfer_id);

    expect((await recall(closed.transfer_id)).body).toMatchObject({
      status: 409,
      code: "transfer_not_open",
      status_now: "received",
    });
    expect((await recall(refused.body.transfer_id)).body).toMatchObject({ status: 409, status_now: "refused" });
    expect((await recall(back.transfer_id)).body).toMatchObject({ status: 409, status_now: "recalled" });
    expect((await receive(back.transfer_id, unitsIn(rice, 1))).body).toMatchObject({ status: 409, status_now: "recalled" });
    expect(await unitsOf(rice)).toEqual({ BLR: [4, 0] });
  });

  it("is 404 for no transfer, 422 for a bad body, 401 for guests", async ({ expect }) => {
    const { transfer_id: transferId } = await sent({ [await inStock(5)]: 1 });

    expect((await recall("nothing")).body).toMatchObject({ status: 404, code: "not_found" });
    expect((await recall(transferId, { reason: 7 })).body).toMatchObject({ status: 422, errors: [{ field: "reason" }] });
    expect((await recall(transferId, "{")).body).toMatchObject({ status: 400, code: "malformed_json" });
    expect((await recall(transferId, {}, {})).status).toBe(401);
    expect((await showTransfer(transferId)).body).toMatchObject({ status: "in_transit" });
  });
});
