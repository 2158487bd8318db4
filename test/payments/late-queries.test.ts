import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { failedConstraint } from "../../src/writes/constraint.ts";
import { claimOrder } from "../../src/orders/lifecycle/claim-order.ts";
import { showOrder } from "../../src/orders/lifecycle/show-order.ts";
import { reviveOrder } from "../../src/orders/placement/revive-queries.ts";
import { leaseLate } from "../../src/payments/late-queries.ts";
import { faultyWorker } from "../support/faults.ts";
import { expiredOrder, rowsOf } from "../support/payments/payments.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** An order that expired and was paid late, without pending actions, and an unknown hold. */
async function paidLate() {
  const { orderId } = await expiredOrder(5);
  await rowsOf("UPDATE orders SET payment_status = 'paid', due_at_ms = 1 WHERE order_id = ?", orderId);
  await rowsOf("DELETE FROM stock_actions WHERE order_id = ?", orderId);
  return { orderId, holdId: `${orderId}.${newId("try")}` };
}

/** Reads the order and runs the batch (P1). @returns the constraint that failed it */
async function revive(orderId: string, holdId: string, meanwhile = async () => {}): Promise<string | undefined> {
  const { db, nowMs } = faultyWorker().deps;
  const { order } = await showOrder(faultyWorker().deps, orderId);
  await meanwhile();
  const after = { ...order, holdId, status: "PROCESSING" as const, dueAtMs: null, updatedAtMs: nowMs() };
  return db.batch("revive", { reviveOrder: reviveOrder(order, after, [], nowMs()) }).then(() => undefined, failedConstraint);
}

function stateOf(orderId: string) {
  return rowsOf("SELECT status, payment_status, hold_id, due_at_ms FROM orders WHERE order_id = ?", orderId);
}

describe("the batch that settles a late payment (P1)", () => {
  it("makes the order PROCESSING under the new hold, once", async ({ expect }) => {
    const { orderId, holdId } = await paidLate();

    const [first, second] = [await revive(orderId, holdId), await revive(orderId, newId("other"))];

    expect([first, second]).toEqual([undefined, "orders.status"]);
    expect(await stateOf(orderId)).toEqual([{ status: "PROCESSING", payment_status: "paid", hold_id: holdId, due_at_ms: null }]);
  });

  it.for([
    ["the new hold is fenced", "INSERT INTO fences VALUES (?2, NULL, ?3)"],
    [
      "the order still has pending actions",
      `INSERT INTO stock_actions (action_id, order_id, hold_id, kind, lines, cause, at_ms)
       VALUES ('a' || ?2, ?1, ?2, 'cancel', '[]', '{"actor":"order"}', ?3)`,
    ],
    ["it has another hold than was read", "UPDATE orders SET hold_id = ?2 || 'x' WHERE order_id = ?1 AND ?3 > 0"],
    ["it was cancelled meanwhile", "UPDATE orders SET status = 'CANCELLED' WHERE order_id = ?1 AND ?2 <> '' AND ?3 > 0"],
    ["it was refunded meanwhile", "UPDATE orders SET payment_status = 'refund_due' WHERE order_id = ?1 AND ?2 <> '' AND ?3 > 0"],
    [
      "a part was refunded meanwhile",
      "UPDATE orders SET paid_minor = 1, refunded_minor = 1 WHERE order_id = ?1 AND ?2 <> '' AND ?3 > 0",
    ],
    ["it was hidden meanwhile", "UPDATE orders SET deleted_at_ms = ?3 WHERE order_id = ?1 AND ?2 <> ''"],
  ] as const)("writes nothing where %s", async ([, meanwhile], { expect }) => {
    const { orderId, holdId } = await paidLate();
    const before = await rowsOf("SELECT * FROM order_allocations WHERE order_id = ?", orderId);

    const failed = await revive(orderId, holdId, async () => void (await rowsOf(meanwhile, orderId, holdId, 7)));
    await rowsOf("DELETE FROM stock_actions WHERE order_id = ?", orderId);

    expect(failed).toBe("orders.status");
    expect(await stateOf(orderId)).not.toMatchObject([{ status: "PROCESSING" }]);
    expect(await rowsOf("SELECT * FROM order_allocations WHERE order_id = ?", orderId)).toEqual(before);
  });
});

describe("orders that were paid late and wait for their settlement", () => {
  it("are leased to one of two runs at once, and to no other before the lease ends", async ({ expect }) => {
    const { orderId } = await paidLate();
    const { db } = faultyWorker().deps;
    const now = 1_000;
    const lease = async (nowMs: number) =>
      (await db.batch("lease", { due: leaseLate(nowMs, nowMs + 100, 50) })).due.map((each) => each.orderId);

    const [one, two] = await Promise.all([lease(now), lease(now)]);
    const early = await lease(now + 99);
    const late = await lease(now + 100);

    expect([...one, ...two].filter((each) => each === orderId)).toHaveLength(1);
    expect(early).not.toContain(orderId);
    expect(late).toContain(orderId);
  });

  it("are not postponed by a claim of the order", async ({ expect }) => {
    const { orderId } = await paidLate();
    const { deps } = faultyWorker();

    await claimOrder(deps, undefined, { orderId, orderToken: await deps.tokenOf(orderId), userId: newId("user") });

    expect(await stateOf(orderId)).toMatchObject([{ status: "EXPIRED", payment_status: "paid", due_at_ms: 1 }]);
  });
});
