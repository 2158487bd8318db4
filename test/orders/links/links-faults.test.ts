import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import { deleteOrder } from "../../../src/orders/lifecycle/delete-order.ts";
import { makeLink } from "../../../src/orders/links/make-link.ts";
import { requestLink } from "../../../src/orders/links/request-link.ts";
import { cutAct, everyCut } from "../../support/cuts.ts";
import { madeEndpoint } from "../../support/events/webhooks.ts";
import { atD1, FAULTS, faultyWorker, waitingAt } from "../../support/faults.ts";
import { outcomeOf, placedBy, stocked } from "../../support/orders/orders.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const EMAIL = "asha@example.com";
/** None of them makes so many calls: the kept answer, the order, the write, and deliveries. */
const TOO_MANY = 10;

let rice = "";

beforeAll(async () => {
  await demoWarehouses();
  rice = await stocked(1_000);
  const { endpoint_id: endpointId } = await madeEndpoint({ events: ["order.link_requested"] });
  // An address that may not be asked, so that nothing is sent.
  await sqlInD1("UPDATE webhook_endpoints SET url = 'http://localhost/' WHERE endpoint_id = ?", endpointId);
});
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

async function bought(): Promise<string> {
  return (await placedBy(faultyWorker(), rice, { customerEmail: EMAIL })).orderId;
}

const keyedBy = (key: string) => ({ id: key, requestHash: `hash of ${key}` });
const staff = ({ deps }: { deps: Deps }): Deps => ({ ...deps, by: { actor: "user:s-1", isAudited: true, requestId: "r-1" } });

/** How often the timeline, the audit log and the outbox say it of an order. */
async function countsOf(orderId: string): Promise<Record<string, number>> {
  const [counts] = await sqlInD1<Record<string, number>>(
    `SELECT (SELECT count(*) FROM order_events WHERE order_id = ?1 AND what = 'link_made') AS made,
       (SELECT count(*) FROM audit_log WHERE record_id = ?1 AND action = 'order.link') AS audited,
       (SELECT count(*) FROM order_events WHERE order_id = ?1 AND what = 'link_requested') AS requested,
       (SELECT count(*) FROM webhook_deliveries WHERE event_id LIKE ?1 || ':link_requested:%') AS told`,
    orderId,
  );
  return counts ?? {};
}

const MADE = { made: 1, audited: 1, requested: 0, told: 0 };
const REQUESTED = { made: 0, audited: 0, requested: 1, told: 1 };

describe("making a link", () => {
  it.for(FAULTS)("cut after every step (%s): a repeat with the key makes the same one, once", async (fault, { expect }) => {
    const { steps } = await everyCut(TOO_MANY, async (at) => {
      const [orderId, key] = [await bought(), newId("key")];
      const act = (deps: Deps) => makeLink(deps, keyedBy(key), { orderId, days: 7 });
      const isCut = await cutAct((worker) => act(staff(worker)), at, fault);
      const first = await act(staff(faultyWorker()));
      vi.setSystemTime(Date.now() + 5_000);
      const second = await act(staff(faultyWorker()));

      expect([at, second.answer]).toEqual([at, first.answer]);
      expect([at, await countsOf(orderId)]).toEqual([at, MADE]);
      return { isCut };
    });
    expect(steps).toBe(3);
  });

  it("by two at once under one key makes one, and without a key two", async ({ expect }) => {
    const [orderId, other, key] = [await bought(), await bought(), newId("key")];
    const act = (id: string, keyed?: string) =>
      makeLink(staff(faultyWorker()), keyed === undefined ? undefined : keyedBy(keyed), { orderId: id, days: 7 });

    const [first, second] = await Promise.all([act(orderId, key), act(orderId, key)]);
    await Promise.all([act(other), act(other)]);

    expect(second?.answer).toEqual(first?.answer);
    expect(await countsOf(orderId)).toEqual(MADE);
    expect(await countsOf(other)).toEqual({ ...MADE, made: 2, audited: 2 });
  });

  it("makes none to an order that is deleted between its read and its write", async ({ expect }) => {
    const orderId = await bought();
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const making = outcomeOf(makeLink(staff(worker), keyedBy(newId("key")), { orderId, days: 7 }));
    await waits;
    await deleteOrder(faultyWorker().deps, undefined, orderId);
    goOn();

    expect(await making).toEqual({ code: "not_found" });
    expect(await countsOf(orderId)).toEqual({ ...MADE, made: 0, audited: 0 });
  });
});

describe("asking for a link", () => {
  it.for(FAULTS)("cut after every step (%s): a repeat with the key, or without, tells of it once", async (fault, { expect }) => {
    const { steps } = await everyCut(TOO_MANY, async (at) => {
      const [orderId, key] = [await bought(), newId("key")];
      const act = (deps: Deps, keyed = true) => requestLink(deps, keyed ? keyedBy(key) : undefined, { orderId, email: EMAIL });
      const isCut = await cutAct((worker) => act(worker.deps), at, fault);
      await act(faultyWorker().deps);
      await act(faultyWorker().deps, false);

      expect([at, await countsOf(orderId)]).toEqual([at, REQUESTED]);
      return { isCut };
    });
    expect(steps).toBeGreaterThanOrEqual(3);
  });

  it("by several at once tells of it once", async ({ expect }) => {
    const orderId = await bought();

    await Promise.all(
      ["a", "b", "c"].map((key) => requestLink(faultyWorker().deps, keyedBy(newId(key)), { orderId, email: EMAIL })),
    );

    expect(await countsOf(orderId)).toEqual(REQUESTED);
  });

  it("by one whose read is old tells of it once within the hour", async ({ expect }) => {
    const orderId = await bought();
    const { worker, waits, goOn } = waitingAt(atD1("write once"));
    const slow = requestLink(worker.deps, undefined, { orderId, email: EMAIL });
    await waits;
    vi.setSystemTime(Date.now() + 1_000);
    await requestLink(faultyWorker().deps, undefined, { orderId, email: EMAIL });
    goOn();
    await slow;

    expect(await countsOf(orderId)).toEqual(REQUESTED);
  });
});
