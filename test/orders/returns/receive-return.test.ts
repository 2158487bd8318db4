import { beforeAll, describe, it, vi } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { post } from "../../support/http/requests.ts";
import { newKey, ORDERS, type ProblemBody, show, unitsOf } from "../../support/orders/http.ts";
import { pay } from "../../support/orders/lifecycle.ts";
import {
  back,
  delivered,
  giveBack,
  receive,
  reject,
  requested,
  type ReturnedOrder,
  returnsOf,
  wish,
} from "../../support/orders/returns.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const codesOf = (answers: { status: number; body: unknown }[]) =>
  answers.map(({ status, body }) => `${status} ${(body as ProblemBody).code ?? "ok"}`).toSorted();

describe("POST /api/v1/orders/{order_id}/returns/{return_id}/receive", () => {
  it("without a body brings all of it back, in good condition, where it came from; a refund is due", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    await pay(orderId);
    const { total } = (await show<{ total: number }>(orderId, { token })).body;
    const { return_id: returnId } = await requested(orderId, token, wish(rice, 4));

    const { status, body } = await receive(orderId, returnId);

    expect([status, body.status, body.payment_status, body.refund_due]).toEqual([200, "RETURNED", "refund_due", total]);
    expect(body.returns).toMatchObject([{ return_id: returnId, status: "received", reason: "Too small", rejected_at: null }]);
    expect(body.returns[0]?.received_at).not.toBeNull();
    expect(body.events.slice(-2)).toMatchObject([{ what: "returned", note: "Too small", amount: total }, { what: "refund_due" }]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 0], MUM: [2, 0] }));
  });

  it("takes a part of it, in the warehouse that is named; the rest can be received later", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    const { return_id: returnId } = await requested(orderId, token, wish(rice, 3));

    const part = await receive(orderId, returnId, { items: [back(rice, 1, "damaged")], warehouse_id: "DEL" });
    const rest = await receive(orderId, returnId, { items: [back(rice, 2)], warehouse_id: "DEL" });
    const more = await receive<ProblemBody>(orderId, returnId);

    expect(part.body.returns).toMatchObject([
      { status: "received", requested: [{ quantity: 3 }], items: [{ quantity: 1, condition: "damaged", warehouse_id: "DEL" }] },
    ]);
    expect(rest.body.returns).toMatchObject([
      { status: "received", items: [{ quantity: 1 }, { quantity: 2, condition: "sellable" }] },
    ]);
    expect(rest.body.returns[0]?.received_at).toBe(part.body.returns[0]?.received_at);
    expect([more.status, more.body.code, more.body.return_status]).toEqual([409, "return_closed", "received"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [0, 0], DEL: [2, 0], MUM: [0, 0] }));
  });

  it.for([
    ["more than was requested", 3, "3 requested, 2 returnable"],
    ["more than has not come back meanwhile", 2, "2 requested, 1 returnable"],
  ] as const)("refuses %s, with the figures, and moves nothing", async ([, quantity, message], { expect }) => {
    const { orderId, token, rice } = await delivered();
    const { return_id: returnId } = await requested(orderId, token, wish(rice, 2));
    if (quantity === 2) await giveBack(orderId, { items: [back(rice, 3)], reason: "At the door" });

    const { status, body } = await receive<ProblemBody>(orderId, returnId, { items: [back(rice, quantity)] });
    const unknown = await receive<ProblemBody>(orderId, returnId, { items: [back(newId(), 1)] });

    expect([status, body.code, body.errors?.[0]?.message]).toEqual([409, "not_returnable", message]);
    expect(unknown.body.errors?.[0]?.message).toBe("1 requested, 0 returnable");
    expect((await returnsOf(orderId, token))[0]?.status).toBe("requested");
  });

  it("twice at once acts once, and under one key the second is the first", async ({ expect }) => {
    const [first, second] = [await delivered(), await delivered()];
    const [one, other] = [
      await requested(first.orderId, first.token, wish(first.rice, 2)),
      await requested(second.orderId, second.token, wish(second.rice, 2)),
    ];
    const key = newKey();

    const apart = await Promise.all([receive(first.orderId, one.return_id), receive(first.orderId, one.return_id)]);
    const keyed = await Promise.all([
      receive(second.orderId, other.return_id, undefined, { admin: true, key }),
      receive(second.orderId, other.return_id, undefined, { admin: true, key }),
    ]);

    expect(codesOf(apart)).toEqual(["200 ok", "409 return_closed"]);
    expect(keyed.map(({ status }) => status)).toEqual([200, 200]);
    for (const { rice } of [first, second])
      await vi.waitFor(async () => {
        const units = Object.values(await unitsOf(rice)).map(([onHand = 0]) => onHand);
        expect(units.reduce((sum, each) => sum + each, 0)).toBe(2);
      });
  });

  it("against a rejection: one of them wins, and both are told", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    const { return_id: returnId } = await requested(orderId, token, wish(rice, 2));

    const [received, rejected] = await Promise.all([
      receive<ReturnedOrder & ProblemBody>(orderId, returnId),
      reject<ReturnedOrder & ProblemBody>(orderId, returnId),
    ]);

    const [after] = await returnsOf(orderId, token);
    const won = received.status === 200 ? "received" : "rejected";
    expect(codesOf([received, rejected])).toEqual(["200 ok", "409 return_closed"]);
    expect(after?.status).toBe(won);
    expect((received.status === 200 ? rejected : received).body.return_status).toBe(won);
    const units = won === "received" ? { BLR: [2, 0], MUM: [0, 0] } : { BLR: [0, 0], MUM: [0, 0] };
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual(units));
  });

  it("is possible after a full refund, for what the customer was told to send", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    await pay(orderId);
    const { return_id: returnId } = await requested(orderId, token, wish(rice, 4));
    const { total } = (await show<{ total: number }>(orderId, { token })).body;
    await post(`${ORDERS}/${orderId}/refunds`, { amount: total, reason: "In advance" }, { admin: true });

    const { status, body } = await receive(orderId, returnId);

    expect([status, body.status, body.payment_status, body.refund_due]).toEqual([200, "RETURNED", "refunded", 0]);
  });

  it("needs an active warehouse, the order's own return, and the right", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    const { return_id: returnId } = await requested(orderId, token, wish(rice, 2));
    const other = await delivered();
    const { token: customer } = await userOf();

    const nowhere = await receive<ProblemBody>(orderId, returnId, { warehouse_id: "NOWHERE" });
    const answers = [
      await receive<ProblemBody>(other.orderId, returnId),
      await receive<ProblemBody>(newId("ORD"), returnId),
      await receive<ProblemBody>(orderId, returnId, undefined, { token }),
      await receive<ProblemBody>(orderId, returnId, undefined, { token: customer }),
      await reject<ProblemBody>(orderId, returnId, "Mine", { token }),
    ];

    expect([nowhere.status, nowhere.body.errors?.map(({ field }) => field)]).toEqual([422, ["warehouse_id"]]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 401, 403, 401]);
    expect((await returnsOf(orderId, token))[0]?.status).toBe("requested");
  });
});
