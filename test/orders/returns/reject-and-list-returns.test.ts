import { beforeAll, describe, it } from "vitest";
import { costOf } from "../../support/cost/cost.ts";
import { get } from "../../support/http/requests.ts";
import { type ProblemBody, unitsOf } from "../../support/orders/http.ts";
import {
  back,
  delivered,
  giveBack,
  listReturns,
  receive,
  reject,
  requested,
  returnsOf,
  wish,
} from "../../support/orders/returns.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

describe("POST /api/v1/orders/{order_id}/returns/{return_id}/reject", () => {
  it("closes the request, tells the customer why, and moves nothing", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    const { return_id: returnId } = await requested(orderId, token, wish(rice, 2));

    const { status, body } = await reject(orderId, returnId, "Worn");
    const late = await receive<ProblemBody>(orderId, returnId);
    const again = await reject<ProblemBody>(orderId, returnId, "Worn");

    expect([status, body.status]).toEqual([200, "COMPLETED"]);
    const [seen] = await returnsOf(orderId, token);
    expect(seen).toMatchObject({
      status: "rejected",
      reason: "Too small",
      rejection_reason: "Worn",
      received_at: null,
      items: [],
    });
    expect(seen?.rejected_at).not.toBeNull();
    expect(body.events.at(-1)).toMatchObject({ what: "return_rejected", note: "Worn" });
    for (const { status: is, body: said } of [late, again])
      expect([is, said.code, said.return_status]).toEqual([409, "return_closed", "rejected"]);
    expect(await unitsOf(rice)).toEqual({ BLR: [0, 0], MUM: [0, 0] });
  });

  it("does not reject what staff recorded as it came", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    await giveBack(orderId, { items: [back(rice, 1)], reason: "Torn" });
    const [returned] = await returnsOf(orderId, token);

    const { status, body } = await reject<ProblemBody>(orderId, returned?.return_id ?? "");
    const more = await receive<ProblemBody>(orderId, returned?.return_id ?? "");

    expect(returned).toMatchObject({ status: "received", requested: [], reason: "Torn" });
    expect([status, body.code, body.return_status, more.body.code]).toEqual([409, "return_closed", "received", "return_closed"]);
  });
});

describe("GET /api/v1/returns", () => {
  it("lists what waits, oldest first, page by page, each once", async ({ expect }) => {
    const { orderId, token, rice } = await delivered({ customer_name: "Ravi" });
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await requested(orderId, token, wish(rice, 1))).return_id);
    const done = await requested(orderId, token, wish(rice, 1));
    await receive(orderId, done.return_id);

    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await listReturns(`status=requested&limit=1${cursor}`);
      expect(page.returns.length).toBeLessThanOrEqual(1);
      seen.push(...page.returns.filter((each) => each.order_id === orderId).map(({ return_id: id }) => id));
      cursor = page.next_cursor === null ? "" : `&cursor=${page.next_cursor}`;
    } while (cursor !== "");
    const all = await listReturns("limit=4");

    for (const query of ["status=requested", "status=received", ""]) {
      const cost = costOf(await get(`/api/v1/returns?limit=3&${query}`, { admin: true }));
      expect([cost.hops, cost.rowsRead <= 3 * 3 + 10]).toEqual([1, true]);
    }
    expect(seen).toEqual(ids);
    expect(all.returns.map(({ return_id: id }) => id)).toEqual([done.return_id, ...ids.toReversed()]);
    expect(all.returns[0]).toMatchObject({
      status: "received",
      order_id: orderId,
      customer_name: "Ravi",
      requested: [{ quantity: 1 }],
    });
  });
});
