import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { bindDeps } from "../../../src/bind.ts";
import type { Deps } from "../../../src/deps.ts";
import { commitBatched } from "../../../src/stock/client/batch-commits.ts";
import { held, stockWith, stateOf, stockOf, unitsOf, reserveRequest } from "../../support/stock/stock.ts";

const MAX_TOGETHER = 100;
const GONE_AFTER_MS = 20_000;

afterEach(() => void vi.useRealTimers());

/** The deps that all requests of one isolate share, and the commits that they sent to the objects. */
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

/** A product with so many units, each under its own hold. */
async function holdsOf(units: number) {
  const { productId, stock } = await stockWith(units);
  const holdIds: string[] = [];
  for (let count = 0; count < units; count += 1) holdIds.push(await held(stock, reserveRequest(1)));
  return { productId, stock, holdIds };
}

describe("simultaneous commits of one product (C7)", () => {
  it("follow the first in one call, and allocate every hold once", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId, stock, holdIds } = await holdsOf(5);
    const sold = holdIds.slice(0, 3);

    await Promise.all([...sold, ...sold].map((holdId) => commitBatched(deps, productId, holdId)));

    expect(sent).toEqual([
      [productId, 1],
      [productId, 5],
    ]);
    expect(await unitsOf(stock)).toEqual([5, 2, 3]);
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
      [2, 0, 2],
      [1, 0, 1],
    ]);
  });

  it("allocate the holds that still exist although others of the call have ended", async ({ expect }) => {
    const { deps } = isolate();
    const { productId, stock, holdIds } = await holdsOf(3);
    await stock.release(String(holdIds[1]));

    await Promise.all([...holdIds, "never.made"].map((holdId) => commitBatched(deps, productId, holdId)));

    expect(await unitsOf(stock)).toEqual([3, 0, 2]);
  });

  it("are at most a hundred in one call", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId } = await stockWith(1);
    const many = Array.from({ length: MAX_TOGETHER + 3 }, (_, index) => `order.${index}`);

    await Promise.all(many.map((holdId) => commitBatched(deps, productId, holdId)));

    expect(sent.map(([, holds]) => holds)).toEqual([1, 1, MAX_TOGETHER, 1]);
  });

  it("are not batched after the first call has returned", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId, stock, holdIds } = await holdsOf(2);

    for (const holdId of holdIds) await commitBatched(deps, productId, holdId);

    expect(sent).toHaveLength(2);
    expect(await unitsOf(stock)).toEqual([2, 0, 2]);
  });

  it("queued behind a commit that failed are made all the same", async ({ expect }) => {
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
    expect(await unitsOf(stock)).toEqual([3, 1, 2]);
  });

  it("do not join the batch of a request that died", async ({ expect }) => {
    const { deps, sent } = isolate();
    const { productId, stock, holdIds } = await holdsOf(1);
    const endedRequest = { sinceMs: Date.now() - GONE_AFTER_MS, holdIds: ["lost.1"] };
    deps.cache.commitBatches = new Map([[productId, endedRequest]]);

    await commitBatched(deps, productId, String(holdIds[0]));

    expect(sent).toEqual([[productId, 1]]);
    expect(await unitsOf(stock)).toEqual([1, 0, 1]);
  });
});

it("a Worker of an earlier release may commit one hold per call", async ({ expect }) => {
  const { productId, holdIds } = await holdsOf(2);
  const stock: { commit: (holdId: string) => Promise<void> } = stockOf(productId);

  await stock.commit(String(holdIds[0]));

  expect(await unitsOf(stockOf(productId))).toEqual([2, 1, 1]);
});
