import { beforeAll, describe, it } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { changeOrders } from "../../src/orders/bulk/change-orders.ts";
import type { Change } from "../../src/orders/bulk/change-order.ts";
import { workTogether } from "../../src/orders/bulk/work-together.ts";
import { faultyWorker } from "../support/faults.ts";
import { insertActiveRule } from "../support/pricing/pricing.ts";
import { ship } from "../support/orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, placed } from "../support/orders/http.ts";
import { move, pay } from "../support/orders/lifecycle.ts";
import { newId } from "../support/shop/shop.ts";
import { openShop } from "../support/shop/warehouses.ts";

/** As the contract has it. */
const MAX_ORDERS = 40;
/** As `change-orders.ts` has it. */
const MAX_STATEMENTS = 800;
/** Twenty deliveries, each of which may disable its endpoint, and what leases them. */
const MAX_WEBHOOKS = 65;
/** Cloudflare's limit for an invocation, work after the answer included. */
const MAX_QUERIES = 1_000;

beforeAll(async () => {
  await openShop();
  await insertActiveRule({ type: "cart_total", usageLimit: 99 });
});

/** What a change of many orders costs D1, before its answer and after it. */
async function costOf(orderIds: string[], change: Partial<Change> & Pick<Change, "action">) {
  const worker = faultyWorker();
  const later: Parameters<Deps["defer"]>[0][] = [];
  const counts = { statements: 0, hops: 0, calls: 0 };
  const batch: Deps["db"]["batch"] = (name, queries) => {
    counts.hops += 1;
    counts.statements += Object.values(queries).flatMap((each) => each ?? []).length;
    return worker.deps.db.batch(name, queries);
  };
  const stockOf: Deps["stockOf"] = (productId) => {
    counts.calls += 1;
    return worker.deps.stockOf(productId);
  };
  const by = { actor: "user:s-1", isAudited: true, requestId: "r-1" };
  const deps: Deps = { ...worker.deps, by, db: { batch }, stockOf, defer: (work) => void later.push(work) };
  const keyed = { id: newId("key"), requestHash: "hash" };
  const { results } = await changeOrders(deps, keyed, { orderIds, change: { note: null, tag: "", ...change } });
  const before = { ...counts };
  for (const work of later) await work(deps);
  return { results, before, all: counts };
}

/** A paid order of three warehouses, with a use of a limited rule: all that a change of an order can have to write. */
async function rich(): Promise<string> {
  const rice = await inStock({ BLR: 1, MUM: 1, DEL: 1 }, { price: 100 });
  const order = await placed(bodyOf([lineOf(rice, 3)], { payment_method: "card" }));
  await pay(order.order_id);
  return order.order_id;
}

interface Worst {
  name: string;
  action: Change["action"];
  order: () => Promise<string>;
  statements: number;
  hops?: number;
  after: number;
}

const processing = async () => {
  const orderId = await rich();
  await move(orderId, "PROCESSING");
  return orderId;
};

const partlyShipped = async () => {
  const orderId = await rich();
  await ship(orderId, "BLR");
  return orderId;
};

const WORST: Worst[] = [
  { name: "to process", action: "process", order: rich, statements: 9, after: 0 },
  { name: "to complete what three warehouses supply", action: "complete", order: processing, statements: 18, after: 2 },
  { name: "to cancel", action: "cancel", order: rich, statements: 15, after: 2 },
  { name: "to cancel what is left", action: "cancel", order: partlyShipped, statements: 17, after: 2 },
  { name: "to delete", action: "delete", order: rich, statements: 17, hops: 4, after: 2 },
  { name: "to tag", action: "add_tag", order: rich, statements: 9, after: 0 },
];

describe("a change of many orders", () => {
  it.for(WORST)("takes at most $statements statements an order $name, so that 40 fit", async (worst, { expect }) => {
    const { action, order, statements, hops = 3, after } = worst;
    const one = await costOf([await order()], { action, tag: "vip" });
    const two = await costOf([await order(), await order()], { action, tag: "vip" });

    expect(two.results.map(({ outcome }) => outcome)).toEqual(["changed", "changed"]);
    const perOrder = (counted: "before" | "all") => two[counted].statements - one[counted].statements;
    expect(perOrder("before")).toBe(statements);
    expect(two.before.hops - one.before.hops).toBe(hops);
    expect(perOrder("all") - perOrder("before")).toBe(after);
    const begun = one.before.statements + (MAX_ORDERS - 1) * perOrder("before");
    expect(begun).toBeLessThanOrEqual(MAX_STATEMENTS);
    expect(begun + MAX_ORDERS * after + MAX_WEBHOOKS).toBeLessThan(MAX_QUERIES);
  });

  it("begins no order where Cloudflare would refuse its statements, and says so of those", async ({ expect }) => {
    const orderIds = Array.from({ length: 300 }, (_, index) => `ORD${index}`);

    const { results, before } = await costOf(orderIds, { action: "process" });

    const undone = results.filter(({ outcome }) => outcome === "unresolved");
    expect(results.slice(0, 100).every(({ refused }) => refused?.code === "not_found")).toBe(true);
    expect(undone.length).toBeGreaterThan(20);
    expect(results.at(-1)?.refused).toMatchObject({ code: "unresolved", detail: expect.stringContaining("no time left") });
    expect(before.statements).toBeLessThanOrEqual(MAX_STATEMENTS + 10);
  });

  it("calls few objects after the answer, and leaves the rest to the sweep", async ({ expect }) => {
    const works = Array.from({ length: 5 }, (_, index) => async (background: Deps) => {
      for (let call = 0; call < 100; call += 1) background.stockOf(`p-${index}`);
    });
    const { deps } = faultyWorker();
    const together = workTogether(deps);
    const same = async () => void calls.push("webhooks");
    const calls: string[] = [];
    for (const work of works) {
      together.deps.defer(work);
      together.deps.defer(same);
    }

    await together.work({ ...deps, stockOf: (productId) => (calls.push(productId), deps.stockOf(productId)) });

    expect(calls.filter((call) => call === "webhooks")).toHaveLength(1);
    expect(new Set(calls)).toEqual(new Set(["webhooks", "p-0", "p-1", "p-2", "p-3"]));
  });

  it("does the rest of the work after the answer where some of it fails", async ({ expect }) => {
    const { deps } = faultyWorker();
    const together = workTogether(deps);
    const done: string[] = [];
    together.deps.defer(() => Promise.reject(new Error("broken")));
    together.deps.defer(async () => void done.push("second"));

    await together.work(deps);

    expect(done).toEqual(["second"]);
  });
});
