import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, it, vi } from "vitest";
import { cutAct, everyCut } from "../../support/cuts.ts";
import { type Fault, faultyWorker } from "../../support/faults.ts";
import { expectInvariants, recover } from "../../support/invariants.ts";
import { BOUGHT, type Operation, OPERATIONS, type Sold, UNITS } from "../../support/orders/operations.ts";
import { availableAt, moveTo, orderOf, place, receiveUnits } from "../../support/orders/orders.ts";
import { demoWarehouses, newId, product } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

// D1 decides first, then the objects follow (S1, S2). Each operation is interrupted at every call of D1 and of objects, in every way.
const EXPIRY_MS = 60 * 3_600_000;
const FAULTS: Fault[] = ["dies_before", "dies_after", "lost", "answer_lost", "late"];

beforeAll(demoWarehouses);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** They leave the order in the status in which it was, which does not say whether they were done. */
const KEEP_STATUS = new Set(["cancellation of a part", "return of a part, some of it damaged"]);

/** Two products with a variant for each cut: a product of its own for each would take half of their time. */
async function twoProducts(): Promise<string[]> {
  const productIds = [newId(), newId()];
  for (const productId of productIds) {
    const variantIds = Array.from({ length: TOO_MANY }, (_, index) => variantAt(productId, index + 1));
    const variants = variantIds.map((id) => ({ variant_id: id, sku: `SKU-${id}`, name: id }));
    await product({ product_id: productId, variants });
  }
  return productIds;
}

const variantAt = (productId: string, at: number) => `${productId}-${at}`;

/** An order of both products, the first of them from two warehouses; in processing unless it is to expire. */
async function sold({ isExpiry }: Operation, commits: boolean, productIds: readonly string[], at: number): Promise<Sold> {
  const [split = "", whole = ""] = productIds;
  await receiveUnits(split, { BLR: 1, MUM: UNITS - 1 }, variantAt(split, at));
  await receiveUnits(whole, UNITS, variantAt(whole, at));
  const lines = productIds.toSorted().map((productId) => ({ productId, variantId: variantAt(productId, at) }));
  const worker = faultyWorker((call) => (!commits && call.to === "stock" && call.method === "commit" ? "lost" : "none"));
  const answer = await place(worker.deps, orderOf([], BOUGHT, { items: lines.map((line) => ({ ...line, quantity: BOUGHT })) }));
  if (!("order" in answer)) throw new Error(answer.code);
  await worker.idle();
  const { orderId } = answer.order;
  if (isExpiry) vi.setSystemTime(Date.now() + EXPIRY_MS + 1);
  else await moveTo(faultyWorker().deps, orderId, "PROCESSING");
  return { lines, orderId };
}

/** The units of each line that can still be sold. */
async function availableTo(sales: readonly Sold[], productIds: readonly string[]): Promise<(number | undefined)[][]> {
  const levels = await Promise.all(productIds.map((productId) => env.STOCK.getByName(productId).levels()));
  const units = new Map<string, number>();
  for (const { variantId, onHand, reserved, allocated } of levels.flat())
    units.set(variantId, (units.get(variantId) ?? 0) + onHand - reserved - allocated);
  return sales.map(({ lines }) => lines.map(({ variantId }) => units.get(variantId)));
}

/** The statuses of orders. */
async function statusesOf(sales: readonly Sold[]): Promise<(string | undefined)[]> {
  const rows = await sqlInD1<{ orderId: string; status: string }>(
    "SELECT order_id AS orderId, status FROM orders WHERE order_id IN (SELECT value FROM json_each(?))",
    JSON.stringify(sales.map(({ orderId }) => orderId)),
  );
  return sales.map(({ orderId }) => rows.find((row) => row.orderId === orderId)?.status);
}

/** No operation makes so many calls: read, write, two objects, the deletion of pending actions; the sweep has more batches. */
const TOO_MANY = 24;

describe.for(Object.keys(OPERATIONS))("%s", (name) => {
  const operation = OPERATIONS[name];
  if (!operation) throw new Error(name);

  it.for(FAULTS.flatMap((fault) => [true, false].map((commits): [Fault, boolean] => [fault, commits])))(
    "cut after every step (%s, hold committed: %s): the sweep finishes it, all invariants hold, and nothing happens twice",
    async ([fault, commits], { expect }) => {
      const productIds = await twoProducts();
      const { cuts, steps } = await everyCut(TOO_MANY, async (at) => {
        const order = await sold(operation, commits, productIds, at);
        const key = newId("key");
        const isCut = await cutAct(({ deps }) => operation.act(deps, order, key), at, fault);
        // Ends this order before the next round, because the next sweep would handle it too.
        if (operation.isExpiry) await recover(productIds, 1);
        return { isCut, key, ...order };
      });
      const received = new Map(productIds.map((productId) => [productId, UNITS * cuts.length]));

      await recover(productIds, operation.isExpiry ? 3 : 4);
      await expectInvariants(expect, received);
      const [before, free] = [await statusesOf(cuts), await availableTo(cuts, productIds)];
      for (const [index, cut] of cuts.entries()) {
        const isDone = before[index] === operation.becomes;
        if (isDone && !KEEP_STATUS.has(name)) {
          expect(free[index], `${fault} at ${cut.at}`).toEqual(operation.available);
        }
        if (!operation.isExpiry) await operation.act(faultyWorker().deps, cut, cut.key);
      }
      await recover(productIds);

      const [after, left] = [await statusesOf(cuts), await availableTo(cuts, productIds)];
      for (const [index, { at }] of cuts.entries()) {
        expect(after[index], `${fault} at ${at}`).toBe(operation.becomes);
        expect(left[index], `${fault} at ${at}`).toEqual(operation.available);
      }
      await expectInvariants(expect, received);
      expect(steps).toBeGreaterThanOrEqual(4);
      expect(steps).toBeLessThan(TOO_MANY);
    },
  );
});

describe("an order that was returned before its hold was committed", () => {
  it("counts its units once: the shipment commits the hold, although the order is RETURNED", async ({ expect }) => {
    const operation = OPERATIONS["return of all"] as Operation;
    const productIds = await twoProducts();
    const order = await sold(operation, false, productIds, 1);

    await operation.act(faultyWorker().deps, order, newId("key"));
    await recover(productIds);

    expect(await Promise.all(productIds.map(availableAt))).toEqual([UNITS, UNITS]);
    await expectInvariants(expect, new Map(productIds.map((productId) => [productId, UNITS])));
  });
});
