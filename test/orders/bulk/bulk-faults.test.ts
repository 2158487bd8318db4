import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Deps } from "../../../src/deps.ts";
import type { Change, OrderResult } from "../../../src/orders/bulk/change-order.ts";
import { changeOrders } from "../../../src/orders/bulk/change-orders.ts";
import { cutAct, everyCut } from "../../support/cuts.ts";
import { atD1, FAULTS, faultyWorker, waitingAt } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { availableAt, moveTo, placedBy, stocked } from "../../support/orders/orders.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

const UNITS = 100;
/** Of two orders none makes so many calls: the key, three for each, the kept answer, and after it objects and their ends. */
const TOO_MANY = 20;

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const change = (action: Change["action"]): Change => ({ action, note: null, tag: action.endsWith("_tag") ? "vip" : "" });

/** Two orders in processing, of a unit each. */
async function twoOrders(rice: string): Promise<string[]> {
  const worker = faultyWorker();
  const orderIds: string[] = [];
  for (let made = 0; made < 2; made += 1) {
    const { orderId } = await placedBy(worker, rice);
    await moveTo(worker.deps, orderId, "PROCESSING");
    orderIds.push(orderId);
  }
  await worker.idle();
  return orderIds;
}

const run = (deps: Deps, orderIds: readonly string[], action: Change["action"], key: string | undefined) =>
  changeOrders(deps, key === undefined ? undefined : { id: key, requestHash: `hash of ${key}` }, {
    orderIds,
    change: change(action),
  });

const outcomesOf = ({ results }: { results: readonly OrderResult[] }) => results.map(({ outcome }) => outcome);

/** How often each order was changed since it was in processing, by its timeline. */
async function timesChanged(orderIds: readonly string[]): Promise<number[]> {
  const rows = await sqlInD1<{ orderId: string; times: number }>(
    `SELECT order_id AS orderId, count(*) AS times FROM order_events
     WHERE order_id IN (SELECT value FROM json_each(?)) AND what <> 'placed' AND coalesce(to_status, '') <> 'PROCESSING' GROUP BY order_id`,
    JSON.stringify(orderIds),
  );
  return orderIds.map((id) => rows.find(({ orderId }) => orderId === id)?.times ?? 0);
}

describe.for([
  ["cancel", 0],
  ["complete", 2],
  ["delete", 0],
  ["add_tag", 2],
] as const)("a change of two orders, %s,", ([action, keepsUnits]) => {
  it.for(FAULTS)(
    "cut after every step (%s): a repeat with the key does what is left, and nothing twice",
    async (fault, { expect }) => {
      const rice = await stocked(UNITS);
      const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
        const [orderIds, key] = [await twoOrders(rice), newId("key")];
        const isCut = await cutAct(({ deps }) => run(deps, orderIds, action, key), at, fault);
        const [repeat, again] = [
          await run(faultyWorker().deps, orderIds, action, key),
          await run(faultyWorker().deps, orderIds, action, key),
        ];

        expect([at, outcomesOf(repeat)]).toEqual([at, ["changed", "changed"]]);
        expect([at, again]).toEqual([at, { results: repeat.results, replayed: true }]);
        expect([at, await timesChanged(orderIds)]).toEqual([at, [1, 1]]);
        return { isCut };
      });
      await recover([rice], 3);

      expect(steps).toBeGreaterThanOrEqual(8);
      expect(steps).toBeLessThan(TOO_MANY);
      expect(await availableAt(rice)).toBe(UNITS - cuts.length * keepsUnits);
      await expectInvariants(expect, new Map([[rice, UNITS]]));
    },
  );

  it("by two at once acts once, under one key and under two", async ({ expect }) => {
    const rice = await stocked(UNITS);
    const [shared, apart, key] = [await twoOrders(rice), await twoOrders(rice), newId("key")];

    const sameKey = await Promise.all([1, 2].map(() => run(faultyWorker().deps, shared, action, key)));
    const otherKeys = await Promise.all([1, 2].map((no) => run(faultyWorker().deps, apart, action, newId(`key-${no}`))));

    expect(sameKey.map(outcomesOf)).toEqual([
      ["changed", "changed"],
      ["changed", "changed"],
    ]);
    for (const index of [0, 1])
      expect(new Set(otherKeys.map((answer) => outcomesOf(answer)[index]))).toEqual(new Set(["changed", "unchanged"]));
    expect(await timesChanged([...shared, ...apart])).toEqual([1, 1, 1, 1]);
  });
});

describe("a change of many orders", () => {
  it("goes on after an order of which nothing is known, and does not keep that answer", async ({ expect }) => {
    const rice = await stocked(UNITS);
    const [orderIds, key] = [await twoOrders(rice), newId("key")];
    const silent = faultyWorker((call) =>
      call.to === "d1" && call.name === "write once" && call.nthOfName === 1 ? "lost" : "none",
    );

    const first = await run(silent.deps, orderIds, "complete", key);
    const second = await run(faultyWorker().deps, orderIds, "complete", key);

    expect(first.results).toMatchObject([
      { outcome: "unresolved", status: "PROCESSING", refused: { code: "unresolved" } },
      { outcome: "changed", status: "COMPLETED" },
    ]);
    expect([second.replayed, outcomesOf(second)]).toEqual([false, ["changed", "changed"]]);
  });

  it("says of a repeat what its first request said, also of an order that was so already", async ({ expect }) => {
    const rice = await stocked(UNITS);
    const [orderIds, key] = [await twoOrders(rice), newId("key")];
    const [first = ""] = orderIds;
    await run(faultyWorker().deps, [first], "add_tag", undefined);
    const silent = faultyWorker((call) =>
      call.to === "d1" && call.name === "write once" && call.nthOfName === 2 ? "lost" : "none",
    );

    const answers = [await run(silent.deps, orderIds, "add_tag", key)];
    await run(faultyWorker().deps, [first], "remove_tag", undefined);
    answers.push(await run(faultyWorker().deps, orderIds, "add_tag", key));

    expect(answers.map(outcomesOf)).toEqual([
      ["unchanged", "unresolved"],
      ["unchanged", "changed"],
    ]);
  });

  it("begins no order after 20 seconds, and a repeat does those", async ({ expect }) => {
    const rice = await stocked(UNITS);
    const [orderIds, key] = [await twoOrders(rice), newId("key")];
    const slow = faultyWorker(undefined, async (call) => {
      if (atD1("write once")(call)) vi.setSystemTime(Date.now() + 20_000);
    });

    const first = await run(slow.deps, orderIds, "complete", key);
    const second = await run(faultyWorker().deps, orderIds, "complete", key);

    expect(first.results).toMatchObject([
      { outcome: "changed" },
      {
        outcome: "unresolved",
        status: "PROCESSING",
        refused: { detail: "There was no time left for this order. Retry with the same Idempotency-Key." },
      },
    ]);
    expect(outcomesOf(second)).toEqual(["changed", "changed"]);
  });

  it("meets a change by somebody else between its read and its write, and decides anew", async ({ expect }) => {
    const rice = await stocked(UNITS);
    const [first = "", second = ""] = await twoOrders(rice);
    const { worker, waits, goOn } = waitingAt(atD1("write once"));

    const completing = run(worker.deps, [first, second], "complete", undefined);
    await waits;
    await moveTo(faultyWorker().deps, first, "CANCELLED");
    goOn();

    const { results } = await completing;
    expect(results).toMatchObject([
      { outcome: "refused", status: "CANCELLED", refused: { code: "illegal_transition", members: { status_now: "CANCELLED" } } },
      { outcome: "changed", status: "COMPLETED" },
    ]);
  });
});
