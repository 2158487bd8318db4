import { beforeAll, describe, it } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { cancelItems } from "../../../src/orders/lifecycle/cancel-items.ts";
import { deleteOrder } from "../../../src/orders/lifecycle/delete-order.ts";
import { editOrder } from "../../../src/orders/lifecycle/edit-order.ts";
import { moveOrder } from "../../../src/orders/lifecycle/move-order.ts";
import { atD1, faultyWorker, waitingAt } from "../../support/faults.ts";
import { outcomeOf, placedBy, stocked } from "../../support/orders/orders.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

type Act = (deps: Deps, keyed: { id: string; requestHash: string }, orderId: string) => Promise<unknown>;

const ACTS: Record<string, Act> = {
  "a move": (deps, keyed, orderId) => moveOrder(deps, keyed, { orderId, to: "PROCESSING", note: null }),
  "a cancellation": (deps, keyed, orderId) =>
    cancelItems(deps, keyed, { orderId, items: undefined, reason: null, ownedBy: undefined }),
  "a deletion": deleteOrder,
  "an edit of the order as it was read": async (deps, keyed, orderId) => {
    const [read] = await sqlInD1<{ version: number }>("SELECT created_at_ms AS version FROM orders WHERE order_id = ?", orderId);
    return editOrder({ ...deps, ifMatch: [`"${read?.version}"`] }, keyed, { orderId, edit: { notes: "At the gate" } });
  },
};

describe("a request that reads an order after its twin with the same key has changed it", () => {
  it.for(Object.entries(ACTS))("is answered as that one, not refused for it: %s", async ([, act], { expect }) => {
    const { orderId } = await placedBy(faultyWorker(), await stocked(1));
    const keyed = { id: newId("key"), requestHash: "hash" };
    const { worker, waits, goOn } = waitingAt(atD1("show order"));
    const slow = outcomeOf(act(worker.deps, keyed, orderId));
    await waits;
    const quick = await act(faultyWorker().deps, keyed, orderId);
    goOn();

    expect(await slow).toEqual({ ...(quick as object), replayed: true });
  });

  it("is refused where the twin has another key", async ({ expect }) => {
    const { orderId } = await placedBy(faultyWorker(), await stocked(1));
    const keyed = () => ({ id: newId("key"), requestHash: "hash" });
    await moveOrder(faultyWorker().deps, keyed(), { orderId, to: "PROCESSING", note: null });

    const again = await outcomeOf(moveOrder(faultyWorker().deps, keyed(), { orderId, to: "PROCESSING", note: null }));

    expect(again).toEqual({ code: "illegal_transition" });
  });
});
