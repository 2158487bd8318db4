import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { bindDeps } from "../../../src/bind.ts";
import type { Deps } from "../../../src/deps.ts";
import { commitBatched } from "../../../src/stock/client/batch-commits.ts";
import { held, ownStockOf, stateOf, stockOf, unitsOf, wanted } from "../../support/stock/stock.ts";

const MAX_TOGETHER = 100;
const GONE_AFTER_MS = 20_000;

afterEach(() => void vi.useRealTimers());

/** The deps of an isolate, which are those of each of its requests, and what their commits told the objects. */
function isolate(): { deps: Deps; sent: [string, number][] } {
  const sent: [string, number][] = [];
  const { deps } = bindDeps(env, { waitUntil: () => {} });
  const stockOfCounted: Deps["stockOf"] = (productId) => {
    const stock = deps.stockOf(productId);
    const commit = (...holdIds: string[]) => {
      sent.push([productId, holdIds.length]);
      return stock.commit(...holdIds);
    };
    return { ...stock, commit };
  };
  return { deps: { ...deps, cache: {}, stockOf: stockOfCounted }, sent };
}

/** A product with so many units, each under a hold of its own. */
async function holdsOf(units: number) {
  const { productId, stock } = await ownStockOf(units);
  const holdIds: string[] = [];
  for (let count = 0; count < units; count += 1) holdIds.push(await held(stock, wanted(1)));
  return { productId, stock, holdIds };
}

describe("commits of one product at the same time (PROTOCOL C7)", () => {
  it("follow the first in one call, and sell every hold once", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId, stock, holdIds } = await holdsOf(5);
    const sold = holdIds.slice(0, 3);

    await Promise.all([...sold, ...sold].map((holdId) => commitBatched(deps, productId, holdId)));

    expect(sent).toEqual([
      [productId, 1],
      [productId, 5],
    ]);
    expect(await unitsOf(stock)).toEqual([2, 2]);
    expect((await stateOf(productId)).differences).toEqual([]);
  });

  it("go to each product's own object", async ({ expect }) => {
    const { deps, sent } = isolate();
    const [rice, dal] = [await holdsOf(2), await holdsOf(1)];
    const wishes = [rice, dal].flatMap(({ productId, holdIds }) => holdIds.map((holdId) => [productId, holdId] as const));

    await Promise.all(wishes.map(([productId, holdId]) => commitBatched(deps, productId, holdId)));

    expect(sent).toEqual([
      [rice.productId, 1],
      [dal.productId, 1],
      [rice.productId, 1],
    ]);
    expect([await unitsOf(rice.stock), await unitsOf(dal.stock)]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("sells those that are there although others of the call have ended otherwise", async ({ expect }) => {
    const { deps } = isolate();
    const { productId, stock, holdIds } = await holdsOf(3);
    await stock.release(String(holdIds[1]));

    await Promise.all([...holdIds, "never.made"].map((holdId) => commitBatched(deps, productId, holdId)));

    expect(await unitsOf(stock)).toEqual([1, 0]);
  });

  it("are never more than a hundred in one call", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId } = await ownStockOf(1);
    const many = Array.from({ length: MAX_TOGETHER + 3 }, (_, index) => `order.${index}`);

    await Promise.all(many.map((holdId) => commitBatched(deps, productId, holdId)));

    expect(sent.map(([, holds]) => holds)).toEqual([1, 1, MAX_TOGETHER, 1]);
  });

  it("are no longer together when the first one has its answer", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId, stock, holdIds } = await holdsOf(2);

    for (const holdId of holdIds) await commitBatched(deps, productId, holdId);

    expect(sent).toHaveLength(2);
    expect(await unitsOf(stock)).toEqual([0, 0]);
  });

  it("that followed a first one which was lost are made all the same", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId, stock, holdIds } = await holdsOf(3);
    let isLost = true;
    const losing: Deps["stockOf"] = (id) => {
      const stub = deps.stockOf(id);
      const commit = (...ids: string[]) => {
        if (!isLost) return stub.commit(...ids);
        isLost = false;
        return Promise.reject(new Error("the call was lost"));
      };
      return { ...stub, commit };
    };

    const done = holdIds.map((holdId) => commitBatched({ ...deps, stockOf: losing }, productId, holdId));
    const outcomes = await Promise.allSettled(done);

    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(sent).toEqual([[productId, 2]]);
    expect(await unitsOf(stock)).toEqual([1, 1]);
  });

  it("do not join a request that was ended while it gathered", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId, stock, holdIds } = await holdsOf(1);
    const endedRequest = { sinceMs: Date.now() - GONE_AFTER_MS, holdIds: ["lost.1"] };
    deps.cache.commitBatches = new Map([[productId, endedRequest]]);

    await commitBatched(deps, productId, String(holdIds[0]));

    expect(sent).toEqual([[productId, 1]]);
    expect(await unitsOf(stock)).toEqual([0, 0]);
  });
});

it("a Worker of a release before, which commits one hold a call, is understood", async ({ expect }) => {
  const { productId, holdIds } = await holdsOf(2);
  const stock: { commit: (holdId: string) => Promise<void> } = stockOf(productId);

  await stock.commit(String(holdIds[0]));

  expect(await unitsOf(stockOf(productId))).toEqual([1, 1]);
});
