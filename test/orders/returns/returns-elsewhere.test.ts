import { beforeAll, describe, it, vi } from "vitest";
import { back, delivered } from "../../support/orders/returns.ts";
import { faultyWorker, atD1, waitingAt } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { post, put } from "../../support/http/requests.ts";
import { orderOf, place, stocked, takeBack } from "../../support/orders/orders.ts";
import { type Answer, newKey, ORDERS, type ProblemBody, read, show, unitsOf } from "../../support/orders/http.ts";
import { opened, setStatus } from "../../support/shop/archive.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const ADMIN = { admin: true } as const;

interface Page {
  status: string;
  refund_due: number;
  amount_due: number;
  total: number;
  returns: { items: { quantity: number; condition: string; warehouse_id: string }[] }[];
}

async function bringBack<B = Page>(orderId: string, to: string | undefined, items: object[], key?: string): Promise<Answer<B>> {
  const body = { items, reason: "Too small", ...(to === undefined ? {} : { warehouse_id: to }) };
  return read<B>(await post(`${ORDERS}/${orderId}/returns`, body, { ...ADMIN, ...(key === undefined ? {} : { key }) }));
}

describe("a return that names a warehouse", () => {
  it("brings the goods in there, not where they came from, and keeps damaged ones out", async ({ expect }) => {
    const { orderId, rice } = await delivered();

    const { status, body } = await bringBack(orderId, "DEL", [back(rice, 2), back(rice, 1, "damaged")]);

    expect([status, body.status]).toEqual([200, "COMPLETED"]);
    expect(body.returns).toMatchObject([
      {
        items: [
          { quantity: 2, condition: "sellable", warehouse_id: "DEL" },
          { quantity: 1, condition: "damaged", warehouse_id: "DEL" },
        ],
      },
    ]);
    expect(body.amount_due).toBe(body.total - 3 * ((body.total - 49) / 4));
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [0, 0], DEL: [2, 0], MUM: [0, 0] }));
  });

  it("counts with those to other warehouses: no unit comes back twice, and the last one makes the order RETURNED", async ({
    expect,
  }) => {
    const { orderId, rice } = await delivered();
    await bringBack(orderId, "DEL", [back(rice, 3)]);

    const tooMany = await Promise.all(
      [undefined, "BLR", "MUM", "DEL"].map((to) => bringBack<ProblemBody>(orderId, to, [back(rice, 2)])),
    );
    const last = await bringBack(orderId, undefined, [back(rice, 1)]);

    for (const { status, body } of tooMany) {
      expect([status, body.code, body.errors]).toEqual([
        409,
        "not_returnable",
        [{ field: "items[0].quantity", message: "2 requested, 1 returnable" }],
      ]);
    }
    expect(last.body).toMatchObject({ status: "RETURNED", amount_due: 0, refund_due: 0 });
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [0, 0], DEL: [3, 0], MUM: [1, 0] }));
  });

  it("of everything, to different warehouses at once, brings the units in once", async ({ expect }) => {
    const { orderId, rice } = await delivered();

    const answers = await Promise.all(["DEL", "BLR", "MUM", undefined].map((to) => bringBack(orderId, to, [back(rice, 4)])));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409]);
    const sum = async () => Object.values(await unitsOf(rice)).reduce((total, [onHand]) => total + (onHand ?? 0), 0);
    await vi.waitFor(async () => expect(await sum()).toBe(4));
  });

  it("is one return under its key, and another warehouse under the same key is refused", async ({ expect }) => {
    const { orderId, rice } = await delivered();
    const key = newKey();

    const first = await bringBack(orderId, "DEL", [back(rice, 1)], key);
    const again = await bringBack(orderId, "DEL", [back(rice, 1)], key);
    const other = await bringBack<ProblemBody>(orderId, "BLR", [back(rice, 1)], key);

    expect([again.headers.get("Idempotency-Replayed"), again.body]).toEqual(["true", first.body]);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [0, 0], DEL: [1, 0], MUM: [0, 0] }));
  });

  it("refuses one that is unknown or archived, names the field, and moves nothing", async ({ expect }) => {
    const { orderId, rice } = await delivered();
    const archived = await opened();
    await setStatus(archived, "archived");

    for (const to of ["NOWHERE", archived]) {
      const { status, body } = await bringBack<ProblemBody>(orderId, to, [back(rice, 1)]);

      expect([status, body.code, body.errors?.map(({ field }) => field)]).toEqual([422, "validation_failed", ["warehouse_id"]]);
    }
    expect((await show<Page>(orderId, ADMIN)).body.returns).toEqual([]);
    expect(await unitsOf(rice)).toEqual({ BLR: [0, 0], MUM: [0, 0] });
  });

  it("is refused too where the warehouse is archived while the return is written", async ({ expect }) => {
    const productId = await stocked(3);
    const answer = await place(faultyWorker().deps, orderOf([productId], 2));
    if (!("order" in answer)) throw new Error(answer.code);
    const { orderId } = answer.order;
    for (const status of ["PROCESSING", "COMPLETED"]) await put(`${ORDERS}/${orderId}`, { status }, ADMIN);
    await recover([productId]);
    const to = await opened();
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const returning = takeBack(worker.deps, orderId, [{ productId, quantity: 2 }], undefined, to);
    await waits;
    expect(await setStatus(to, "archived")).toMatchObject({ http: 200 });
    goOn();

    expect(await returning).toEqual({ code: "validation_failed" });
    await recover([productId]);
    expect(await unitsOf(productId)).toEqual({ BLR: [1, 0] });
    await expectInvariants(expect, new Map([[productId, 3]]));
  });
});
